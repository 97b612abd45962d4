// SIP calls as the desk knows calls, and what the desk decides as SIP answers. Pure: an INVITE's text in, who
// calls and whom out; a decision in, status and headers out. Bytes of strangers: every field of a SipInvite.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "core/phone.hpp"
#include "ports/sip.hpp"

namespace hejnal::carriers::phone {

struct SipSettings {
  std::string country = "48";
  std::string language = "pl";       // of the reason's words
  std::vector<std::string> trusted;  // addresses of peers whose P-Asserted-Identity is believed
  int reject_with = 603;             // or 486
  std::string redirect_host;         // of the Contact in a 302; empty: the peer that the call came from
};

struct SipCaller {
  std::string from;        // E.164; empty: withheld, or no number
  std::string to;          // E.164 or what was dialled
  std::string id;          // "sip:" and the Call-ID: the same one twice is one call
  std::string given = {};  // of an empty `from`: what stands there instead of a number; empty: withheld
};

// Who calls: P-Asserted-Identity or Remote-Party-ID of a trusted peer, else From. Whoever asks for privacy
// (`Privacy: id`) withholds the number from us, too, whoever asserts it.
SipCaller read_invite(const SipSettings& settings, const ports::SipInvite& invite);

// The final answer: 302 with a Contact, or a rejection whose Reason says what it means.
ports::SipAnswer sip_answer(const SipSettings& settings, const ports::SipInvite& invite,
                            const SipCaller& caller, const core::CallDecision& decision);
ports::SipAnswer sip_hung_up();                       // 487
ports::SipAnswer sip_not_kept();                      // 503: it was not stored, so another way may be tried
ports::SipAnswer sip_too_many(Duration retry_after);  // 480

// Who may call how often. Every bucket is full at first and fills up evenly. Bounded: when too many callers
// are known, those who have been quiet are forgotten.
struct FloodLimits {
  int total_per_s = 400;
  int per_address_per_s = 300;
  int per_caller_per_min = 20;  // a number; of withheld ones all of an address together
};

class FloodGuard {
 public:
  enum class Verdict { fine, caller, address, total };
  struct Counts {
    std::int64_t caller = 0, address = 0, total = 0;  // turned away
  };

  explicit FloodGuard(FloodLimits limits) : limits_(limits) {}
  Verdict admit(const std::string& address, const std::string& caller, Instant now);
  const Counts& counts() const { return counts_; }

 private:
  struct Bucket {
    double level = 0;
    Instant at;
  };
  using Buckets = std::map<std::string, Bucket, std::less<>>;
  static bool take(Bucket& bucket, bool is_new, double size, double per_s, Instant now);
  static bool take(Buckets& buckets, const std::string& key, double size, double per_s, Instant now);

  const FloodLimits limits_;
  Buckets callers_, addresses_;
  Bucket total_;
  bool begun_ = false;
  Counts counts_;
};

}  // namespace hejnal::carriers::phone
