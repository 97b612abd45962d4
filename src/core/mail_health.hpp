// How well mail arrives: of the emails that an SMS has announced, which ones were here in time, which came
// late and which never, by the sender's domain and by day. A company learns here that its mail is broken.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/case.hpp"

namespace hejnal::core {

// An SMS has announced an email. What the store keeps of it, to count without replaying journals.
struct Announcement {
  CaseNumber number = 0;  // of the case
  Instant at;
  std::string domain;                   // of the client's address; empty: not known
  std::optional<std::int64_t> late_ms;  // 0: it was here before the SMS; empty: it has not come

  bool operator==(const Announcement&) const = default;
};

// Empty: none was announced here, or it is counted with the case that this one was merged into.
std::optional<Announcement> announcement(const Case& c);

class MailHealth {
 public:
  struct Count {
    int announced = 0;
    int in_time = 0;  // here before the SMS, or so soon after it that nobody was told
    int late = 0;
    int missing = 0;                    // told to the client, and not here yet
    int waiting = 0;                    // announced a moment ago
    std::vector<std::int64_t> late_ms;  // of the late ones

    std::int64_t late_ms_median() const;
    std::int64_t late_ms_max() const;
  };

  // `in_time_within`: Rules::email_missing_after.
  MailHealth(Duration in_time_within, Instant now) : in_time_within_(in_time_within), now_(now) {}

  void add(const Announcement& announcement, const std::string& day);

  const std::map<std::pair<std::string, std::string>, Count>& by_day() const {
    return by_day_;
  }  // and domain
  const std::map<std::string, Count>& by_domain() const { return by_domain_; }
  const Count& total() const { return total_; }

 private:
  Duration in_time_within_;
  Instant now_;
  std::map<std::pair<std::string, std::string>, Count> by_day_;
  std::map<std::string, Count> by_domain_;
  Count total_;
};

}  // namespace hejnal::core
