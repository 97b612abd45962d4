// Long SMS that come in parts (3GPP TS 23.040, 9.2.3.24): reads a part's header and joins the parts of one
// message, whatever their order and however often each comes.
//
// Most gateways join by themselves; this is for those that do not. The joiner holds at most kMessagesMax
// messages; the oldest one gives way, incomplete. Nothing here is durable: who feeds it keeps each part (or
// its gateway's patience) until it has come out again. Single-threaded; time is told by the caller.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"

namespace hejnal::wire {

struct SmsPart {
  int reference = 0, total = 1, number = 1;  // number from 1
};

// Of a user data header's bytes, with its length in front. Nothing: no concatenation, or one that makes no
// sense (part 0, part 4 of 3), which is to be taken for a message of its own.
std::optional<SmsPart> sms_part(std::string_view user_data_header);

class SmsJoiner {
 public:
  static constexpr std::size_t kMessagesMax = 256;

  struct Joined {
    std::string text;
    std::vector<std::uint64_t> handles;  // of the parts inside, in order of arrival; duplicates too
    std::string first_id;                // of the part with the lowest number
    std::vector<int> missing;            // parts that have not come
    int total = 1;
  };

  explicit SmsJoiner(Duration patience) : patience_(patience) {}

  // A part that has come. What is complete with it, or had to give way to it, comes out.
  std::vector<Joined> add(const std::string& from, const std::string& to, const SmsPart& part,
                          const std::string& id, const std::string& text, std::uint64_t handle, Instant now);
  // What has waited long enough comes out as it is.
  std::vector<Joined> expire(Instant now);
  std::vector<Joined> drain();  // everything, at the end
  std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Piece {
    bool here = false;
    std::string id, text;
  };
  struct Message {
    std::string from, to;
    int reference = 0;
    std::vector<Piece> pieces;
    std::vector<std::uint64_t> handles;
    Instant since;
  };
  static Joined join(Message message);

  const Duration patience_;
  std::list<Message> waiting_;  // oldest first
};

}  // namespace hejnal::wire
