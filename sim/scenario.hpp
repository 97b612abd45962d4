// A story of test/scenarios as data; test/scenarios/README.md is the grammar. Reading fails with
// Fault::malformed and "FILE:line: …".
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "core/callback.hpp"
#include "core/types.hpp"

namespace hejnal::sim {

struct NumberBelongs {
  std::string phone, email;
};
struct ClientEmails {
  std::string from, subject, text;
};
struct ClientResends {
  std::string from;
};
struct ClientReplies {
  std::string from, text;
  bool automatic = false;
};
struct ClientTexts {
  std::string phone, text;
};
struct ClientCalls {
  std::string phone;
};
struct ClientTypes {  // on the page that the SMS about the missing email names
  std::string phone, subject, text;
};
struct ClientPresses {  // on the page of her latest case: "no answer yet", or "it works again"
  std::string from;
  bool works = false;
};
struct NextIsLost {
  core::Channel channel;
};
struct NextIsSpam {};  // a spam filter marks the next email
struct AgentActs {
  core::Action action;
  std::string text, class_name;
};
struct ExpectNotice {
  core::Channel channel;
  std::string to;  // an address, a number, or "on-call"
  core::NoticeKind kind;
  std::string containing;
};
struct ExpectNothing {};
struct CaseIs {
  core::CaseNumber number = 1;
  core::State state;
  std::string class_name;  // empty: not looked at
  int step = 0;            // 0: not looked at
  bool email_missing = false;
};

struct OutageActs {  // an agent declares one, or speaks of the latest
  enum class What { declares, updates, ends, attaches };
  What what = What::declares;
  std::string title, text;
  core::CaseNumber number = 0;  // that is attached
};
struct CallbackActs {
  enum class What { takes, cannot_take, tries, writes_off, settles };
  What what = What::takes;
  std::string agent, text;
  core::CallbackId id = 1;
  core::AttemptResult result = core::AttemptResult::reached;
};
struct CallbackIs {
  core::CallbackId id = 1;
  core::CallbackState state = core::CallbackState::waiting;
};

using Statement =
    std::variant<OutageActs, CallbackActs, CallbackIs, NumberBelongs, ClientEmails, ClientResends,
                 ClientReplies, ClientTexts, ClientCalls, ClientTypes, ClientPresses, NextIsLost, NextIsSpam,
                 AgentActs, ExpectNotice, ExpectNothing, CaseIs>;

struct StoryLine {
  int line = 0;
  std::string text;  // as it stands in the file, for messages
  Instant at;
  Statement statement;
};

Result<std::vector<StoryLine>> read_scenario(std::string_view text, const std::string& name);

}  // namespace hejnal::sim
