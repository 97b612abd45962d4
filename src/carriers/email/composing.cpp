#include "carriers/email/composing.hpp"

#include "base/compress.hpp"

namespace hejnal::carriers {

void ComposingDispatcher::send(ports::Outgoing outgoing, std::function<void(ports::SendResult)> done) {
  if (outgoing.notice.channel == core::Channel::email) {
    ports::ComposedMail composed = composer_.compose(outgoing.letter);
    // With each attempt: the result of an earlier one may have been lost with the program.
    done = [done = std::move(done),
            piece = ports::RawPiece{{}, compress(composed.bytes), composed.bytes.size()}](
               ports::SendResult result) mutable {
      result.composed = std::move(piece);
      done(std::move(result));
    };
    outgoing.mail = {std::move(composed.envelope_from), outgoing.notice.to, std::move(composed.bytes)};
  }
  next_.send(std::move(outgoing), std::move(done));
}

}  // namespace hejnal::carriers
