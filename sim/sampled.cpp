#include "sim/sampled.hpp"

namespace hejnal::sim {

bool is_sample(std::string_view name, unsigned one_in) {
  std::uint64_t sum = 0xcbf29ce484222325ULL;  // FNV-1a: the same on every machine
  for (const char c : name) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return (sum >> 32) % one_in == 0;
}

void SampledDispatcher::send(ports::Outgoing outgoing, std::function<void(ports::SendResult)> done) {
  const bool email = outgoing.notice.channel == core::Channel::email;
  if (email && is_sample(outgoing.message_id, one_in_)) {
    composing_.send(std::move(outgoing), std::move(done));
    return;
  }
  if (email) outgoing.mail = {composer_.envelope_from(outgoing.letter), outgoing.notice.to, {}};
  next_.send(std::move(outgoing), std::move(done));
}

}  // namespace hejnal::sim
