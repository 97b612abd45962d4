#include "wire/sms/joining.hpp"

#include <algorithm>

namespace hejnal::wire {

std::optional<SmsPart> sms_part(std::string_view header) {
  const auto byte = [&](std::size_t at) { return static_cast<int>(static_cast<unsigned char>(header[at])); };
  if (header.empty()) return std::nullopt;
  const std::size_t end = std::min<std::size_t>(header.size(), static_cast<std::size_t>(byte(0)) + 1);
  // Information elements: kind, length, data. Others (ports, styles) may stand before ours.
  for (std::size_t at = 1; at + 2 <= end;) {
    const int kind = byte(at), length = byte(at + 1);
    const std::size_t data = at + 2;
    if (data + static_cast<std::size_t>(length) > end) return std::nullopt;
    std::optional<SmsPart> part;
    if (kind == 0x00 && length == 3) part = {byte(data), byte(data + 1), byte(data + 2)};
    if (kind == 0x08 && length == 4)
      part = {0x10000 + (byte(data) << 8 | byte(data + 1)), byte(data + 2), byte(data + 3)};
    if (part) {
      if (part->total == 0 || part->number == 0 || part->number > part->total) return std::nullopt;
      return part;
    }
    at = data + static_cast<std::size_t>(length);
  }
  return std::nullopt;
}

SmsJoiner::Joined SmsJoiner::join(Message message) {
  Joined out;
  out.handles = std::move(message.handles);
  out.total = static_cast<int>(message.pieces.size());
  for (int i = 0; i < out.total; ++i) {
    Piece& piece = message.pieces[static_cast<std::size_t>(i)];
    if (!piece.here) {
      out.missing.push_back(i + 1);
      // The gap is seen in the text, once for each stretch.
      if (!out.text.ends_with("[…]")) out.text += "[…]";
      continue;
    }
    if (out.first_id.empty()) out.first_id = piece.id;
    out.text += piece.text;
  }
  return out;
}

std::vector<SmsJoiner::Joined> SmsJoiner::add(const std::string& from, const std::string& to,
                                              const SmsPart& part, const std::string& id,
                                              const std::string& text, std::uint64_t handle, Instant now) {
  std::vector<Joined> out = expire(now);
  const auto total = static_cast<std::size_t>(part.total);
  auto found = std::find_if(waiting_.begin(), waiting_.end(), [&](const Message& m) {
    return m.reference == part.reference && m.pieces.size() == total && m.from == from && m.to == to;
  });
  Piece* piece = nullptr;
  if (found != waiting_.end()) {
    piece = &found->pieces[static_cast<std::size_t>(part.number) - 1];
    // The same place with other words: the reference has come round, and this is another message.
    if (piece->here && piece->text != text) {
      out.push_back(join(std::move(*found)));
      waiting_.erase(found);
      found = waiting_.end();
    }
  }
  if (found == waiting_.end()) {
    if (waiting_.size() >= kMessagesMax) {
      out.push_back(join(std::move(waiting_.front())));
      waiting_.pop_front();
    }
    found = waiting_.insert(waiting_.end(), Message{from, to, part.reference, {}, {}, now});
    found->pieces.resize(total);
    piece = &found->pieces[static_cast<std::size_t>(part.number) - 1];
  }
  found->handles.push_back(handle);
  if (!piece->here) *piece = {true, id, text};
  const bool complete =
      std::all_of(found->pieces.begin(), found->pieces.end(), [](const Piece& one) { return one.here; });
  // A gateway that repeats one part for ever must not be remembered for ever.
  if (complete || found->handles.size() >= total + 64) {
    out.push_back(join(std::move(*found)));
    waiting_.erase(found);
  }
  return out;
}

std::vector<SmsJoiner::Joined> SmsJoiner::expire(Instant now) {
  std::vector<Joined> out;
  while (!waiting_.empty() && now - waiting_.front().since >= patience_) {
    out.push_back(join(std::move(waiting_.front())));
    waiting_.pop_front();
  }
  return out;
}

std::vector<SmsJoiner::Joined> SmsJoiner::drain() {
  std::vector<Joined> out;
  for (; !waiting_.empty(); waiting_.pop_front()) out.push_back(join(std::move(waiting_.front())));
  return out;
}

}  // namespace hejnal::wire
