// The carriers, one by one: what each has heard and said lately, what waits for it, and a test of it.
#include "api/context.hpp"
#include "base/text.hpp"

namespace hejnal::api {

namespace {

const ports::Archive::Traffic* traffic_of(const std::vector<ports::Archive::Traffic>& all,
                                          std::string_view medium) {
  for (const auto& one : all) {
    if (to_string(one.channel) == medium) return &one;
  }
  return nullptr;
}

}  // namespace

Result<ports::Response> list_channels(Context& context) {
  const Instant now = context.parts.clock->now();
  HEJNAL_TRY(const auto traffic, context.archive.traffic(now));
  json::Array items, stale;
  for (const Carrier& c : context.parts.carriers()) {
    const auto* t = traffic_of(traffic, c.medium);
    const bool is_stale = c.state != "ok";
    if (is_stale) stale.push_back(json::Value(c.name));
    json::Object one{{"name", c.name},
                     {"kind", c.kind},
                     {"medium", c.medium},
                     {"in", c.in},
                     {"out", c.out},
                     {"state", c.state},
                     {"detail", c.detail},
                     {"stale", is_stale},
                     {"heard_at", json::time_or_null(c.heard_at)},
                     {"last_in_at", json::time_or_null(c.in && t ? t->last_in : std::nullopt)},
                     {"last_out_at", json::time_or_null(c.out && t ? t->last_out : std::nullopt)},
                     {"queued", c.out && t ? t->queued : 0},
                     {"oldest_queued_at", json::time_or_null(c.out && t ? t->oldest_queued : std::nullopt)},
                     {"failed_lately", c.out && t ? t->failed_lately : 0},
                     {"last_error", c.out && t ? t->last_error : std::string()},
                     {"can_be_tested", c.can_be_tested}};
    items.push_back(std::move(one));
  }
  return json_response(json::Object{{"items", std::move(items)}, {"stale", std::move(stale)}});
}

Result<ports::Response> test_channel(Context& context) {
  const std::string name = one_line(context.segments.at(0));
  HEJNAL_TRY(Body body, Body::read(context.request));
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY(const ChannelTest test, context.parts.test_carrier(name));
  return json_response(json::Object{{"sent", test.sent}, {"to", test.to}, {"detail", test.detail}});
}

}  // namespace hejnal::api
