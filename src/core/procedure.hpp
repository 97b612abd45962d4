// The published contact procedure as data: what a client does, by which means, after what wait; and what the
// desk owes in return. Read from procedures/*.toml or a company's own file by config/procedure_file.hpp.
// Immutable after loading; a case remembers the `version` it runs under.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "core/types.hpp"

namespace hejnal::core {

struct Step {
  Duration wait{};  // since the report was first sent
  std::vector<Channel> means;
  std::string wait_text, means_text, note;  // shown as they are
};

struct PhoneRule {
  std::string wait_text, means_text, note;
};

struct Promises {
  bool receipt = true;
  bool acknowledge_on_read = false;
  Duration start_of_work_after{};
  Duration react_within{};   // first human reaction
  Duration answer_within{};  // since the opening
  Duration grace{};          // after a change of class nothing becomes due sooner than this
};

struct Alerting {
  bool at_once = false;
  std::vector<double> fractions;  // of react_within, ascending, each in (0, 1)
  Duration repeat{};              // until somebody has read; zero: not repeated
  int repeat_count = 0;           // so many times at `repeat`, afterwards at `repeat_slow`
  Duration repeat_slow{};
  Duration remind{};  // an overdue promise is rung again this often; never zero
  std::vector<Channel> channels;
};

struct ServiceClass {
  std::string id;  // "routine", "urgent", "critical" in the built-in procedure
  std::string title, short_name;
  std::string situation, examples;  // for who reports on the page: what it looks like; may be empty
  bool failure = false;  // an open case of this class that an agent has read means: a failure is open
  std::vector<std::string> addresses;  // local parts of addresses that mean this class
  std::vector<std::string> tags;       // words in [brackets] of a subject that mean this class
  std::vector<Step> steps;
  PhoneRule phone;
  Promises promise;
  Alerting alert;

  bool email_alone() const {
    return !steps.empty() && steps.front().means == std::vector<Channel>{Channel::email};
  }
};

struct Rules {
  Duration settle_after{};
  Duration close_after{};
  Duration sms_critical_within{};
  Duration sms_urgent_within{};
  Duration email_missing_after{};
};

struct Procedure {
  std::string version;  // short digest of the file it was read from
  std::string language, title;
  std::vector<std::string> columns;
  Rules rules;
  std::vector<ServiceClass> classes;  // from the calmest to the most urgent
  std::string prolonged_title, prolonged_text;

  const ServiceClass* find(std::string_view id) const;
  const ServiceClass& at(
      std::string_view id) const;  // a class that is gone from the procedure is read as the calmest
  // The gravest of these; null: it has none of them.
  const ServiceClass* gravest_of(const std::vector<std::string>& ids) const;
  const ServiceClass& calmest() const { return classes.front(); }
  const ServiceClass& gravest() const { return classes.back(); }
  // Email alone cannot tell these classes apart; until something does, the desk reacts as the shortest of
  // them asks.
  const ServiceClass& shortest_email_alone() const;
  // What the time between an email and the SMS about it says.
  const ServiceClass& by_sms_distance(Duration distance) const;
};

}  // namespace hejnal::core
