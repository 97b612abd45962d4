// How mail arrives, as far as SMS have announced it.
#include "api/context.hpp"

namespace hejnal::api {

Result<ports::Response> mail_health(Context& context) {
  constexpr int kDays = 30, kDaysMax = 366;
  int days = kDays;
  if (context.request.has_parameter("days")) {
    HEJNAL_TRY(const std::int64_t asked, whole_number(context.request.parameter("days"), "days"));
    if (asked < 1 || asked > kDaysMax)
      return fail(Fault::malformed, "days: expected 1 to {}, found {}", kDaysMax, asked);
    days = static_cast<int>(asked);
  }
  const Parts& parts = context.parts;
  HEJNAL_TRY(const auto health,
             mail_health_of(context.archive, parts.procedure.rules, parts.clock->now(), days, parts.zone));
  return json_response(mail_health_json(health, days, parts.zone));
}

}  // namespace hejnal::api
