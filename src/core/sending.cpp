#include "core/sending.hpp"

#include <algorithm>
#include <array>

namespace hejnal::core {

namespace {

constexpr std::array<Duration, 8> kEmailWaits = {1min, 5min, 15min, 30min,
                                                 1h,   2h,   4h,    8h};  // as mail servers do
constexpr std::array<Duration, 6> kSmsWaits = {20s, 1min, 2min, 5min, 10min, 20min};

template <std::size_t N>
Duration nth(const std::array<Duration, N>& waits, int attempts) {
  return waits.at(std::min<std::size_t>(static_cast<std::size_t>(std::max(attempts, 1)) - 1, N - 1));
}

bool is_urgent(const Notice& notice, const ServiceClass* shown) {
  return notice.to_desk() || (shown && shown->failure);
}

}  // namespace

Duration worth_sending_for(const Notice& notice, const ServiceClass* shown) {
  if (notice.channel == Channel::email) return 96h;
  switch (notice.kind) {
    case NoticeKind::alert:  // the next ring brings the next one
    case NoticeKind::commands:
    case NoticeKind::sms_stopped:
    case NoticeKind::sms_started:
    case NoticeKind::about_us:
      return 1h;
    case NoticeKind::answer:  // a person has written it, and hears of it when it cannot be sent
    case NoticeKind::question:
      return is_urgent(notice, shown) ? 4h : 24h;
    case NoticeKind::missing_email:
    case NoticeKind::rejected_call:
      return is_urgent(notice, shown) ? 1h : 3h;
    default:
      return is_urgent(notice, shown) ? 2h : 6h;
  }
}

Duration wait_after(Channel channel, int attempts) {
  return channel == Channel::email ? nth(kEmailWaits, attempts) : nth(kSmsWaits, attempts);
}

std::optional<Duration> ask_after(const Notice& notice, const ServiceClass* shown, int asked) {
  const bool urgent = is_urgent(notice, shown);
  switch (asked) {
    case 0:
      return urgent ? 5min : 30min;
    case 1:
      return urgent ? 30min : 3h;
    case 2:
      return 24h;
    default:
      return std::nullopt;
  }
}

}  // namespace hejnal::core
