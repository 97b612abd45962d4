#include "wire/lmtp/data.hpp"

#include "base/text.hpp"

namespace hejnal::wire {

void LmtpData::begin(std::size_t limit_bytes) {
  bytes_.clear();
  limit_bytes_ = limit_bytes;
  at_ = At::line_start;
  too_big_ = false;
}

void LmtpData::keep(std::string_view bytes) {
  if (too_big_) return;
  if (bytes.size() > limit_bytes_ - bytes_.size()) {
    too_big_ = true;
    bytes_ = std::string();  // gives the memory back at once
    return;
  }
  bytes_.append(bytes);
}

void LmtpData::step(char c) {
  switch (at_) {
    case At::line_start:
      if (c == '.') {
        at_ = At::dot;  // either stuffing or the end: never part of the message
        return;
      }
      break;
    case At::dot:
      if (c == '\r') {
        at_ = At::dot_cr;
        return;
      }
      break;
    case At::dot_cr:
      if (c == '\n') {
        at_ = At::end;
        return;
      }
      keep("\r");
      break;
    case At::cr:
      if (c == '\n') {
        keep("\n");
        at_ = At::line_start;
        return;
      }
      break;
    case At::inside:
    case At::end:
      break;
  }
  keep(std::string_view(&c, 1));
  at_ = c == '\r' ? At::cr : At::inside;
}

std::size_t LmtpData::feed(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && at_ != At::end) {
    if (at_ == At::inside) {  // nothing matters before the next CR
      const std::size_t cr = bytes.find('\r', used);
      if (cr == std::string_view::npos) {
        keep(bytes.substr(used));
        return bytes.size();
      }
      keep(bytes.substr(used, cr + 1 - used));
      at_ = At::cr;
      used = cr + 1;
      continue;
    }
    step(bytes[used]);
    ++used;
  }
  return used;
}

std::size_t count_received(std::string_view message) {
  constexpr std::string_view kName = "received:";
  std::size_t count = 0;
  while (!message.empty()) {
    if (message.starts_with('\n') || message.starts_with("\r\n")) break;  // the body begins
    if (message.size() >= kName.size() && iequals(message.substr(0, kName.size()), kName)) ++count;
    const std::size_t end = message.find('\n');
    if (end == std::string_view::npos) break;
    message.remove_prefix(end + 1);
  }
  return count;
}

}  // namespace hejnal::wire
