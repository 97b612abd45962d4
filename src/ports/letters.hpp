// Words and letters: a notice becomes a subject and a text (Wording), these become bytes (Composer). Pure, so
// the simulation sends what production sends.
#pragma once

#include <string>
#include <vector>

#include "base/instant.hpp"
#include "core/notice.hpp"

namespace hejnal::ports {

struct Words {
  std::string subject;  // empty for an SMS
  std::string text;
};

// A text that an agent begins an answer with.
struct AnswerTemplate {
  std::string name, title, text;
};

class Wording {
 public:
  virtual ~Wording() = default;
  virtual Words words(const core::Notice& notice, Instant now) const = 0;
  // One SMS for alerts of several cases to the same person; at least two.
  virtual std::string together(const std::vector<core::Notice>& alerts) const = 0;
};

struct Letter {
  std::string message_id;  // with <>, deterministic: the same notice always has the same one
  std::string to, to_name;
  std::string subject, text;
  std::string in_reply_to;  // with <>, or empty
  std::vector<std::string> references;
  bool automatic = true;        // RFC 3834: Auto-Submitted and its company
  bool answers_a_mail = false;  // auto-replied, else auto-generated
  std::string bounce_token;     // for VERP; empty: none
  std::string notice = {};      // for another hejnal: what this is (docs/protocol.md); empty: it is not told
  Instant at;
};

struct ComposedMail {
  std::string envelope_from;
  std::string bytes;
};

class Composer {
 public:
  virtual ~Composer() = default;
  virtual ComposedMail compose(const Letter& letter) const = 0;
};

}  // namespace hejnal::ports
