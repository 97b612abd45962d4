#include "api/sent_report_view.hpp"

namespace hejnal::api {

json::Object sent_report_view(const core::SentReport& r, const reporter::Provider* provider, Instant now) {
  const core::ServiceClass* service = provider ? provider->procedure.find(r.class_name) : nullptr;
  json::Array sendings, replies, calls;
  for (const auto& s : r.sendings) {
    sendings.push_back(json::Object{
        {"n", s.n},
        {"step", s.step},
        {"what", to_string(s.kind)},
        {"wording", to_string(s.wording)},
        {"news", to_string(s.news)},
        {"channel", to_string(s.channel)},
        {"to", s.to},
        {"state", to_string(s.state)},
        {"attempts", s.attempts},
        {"written_at", format_rfc3339(s.since)},
        {"next_try_at", s.state == core::SendingState::queued ? json::Value(format_rfc3339(s.retry_at))
                                                              : json::Value(nullptr)},
        {"handed_over_at", json::time_or_null(s.left_at)},
        {"server", s.text},
        {"gateway", json::text_or_null(s.gateway)},
        {"sha256", json::text_or_null(s.sum)}});
  }
  for (const auto& reply : r.replies) {
    replies.push_back(json::Object{{"at", format_rfc3339(reply.at)},
                                   {"what", to_string(reply.what)},
                                   {"channel", to_string(reply.channel)},
                                   {"from", reply.from},
                                   {"subject", reply.subject},
                                   {"why", reply.how},
                                   {"notice", json::text_or_null(reply.notice)}});
  }
  for (const auto& call : r.rejected_calls) calls.push_back(json::Value(format_rfc3339(call.at)));
  json::Value next(nullptr);
  if (const auto due = core::next_of(r))
    next = json::Object{{"what", to_string(due->what)}, {"step", due->step}, {"at", format_rfc3339(due->at)}};
  return {{"id", r.id},
          {"provider", r.provider},
          {"provider_title", provider ? provider->title : r.provider},
          {"class", r.class_name},
          {"subject", r.subject},
          {"state", to_string(r.state)},
          {"trouble", to_string(core::trouble_of(r, now))},
          {"code", r.code},
          {"of_alert", !r.key.empty()},
          {"key", json::text_or_null(r.key)},
          {"to_email", json::text_or_null(r.to_email)},
          {"to_sms", json::text_or_null(r.to_sms)},
          {"opened_at", format_rfc3339(r.opened_at)},
          {"step", r.step},
          {"steps", service ? static_cast<std::int64_t>(service->steps.size()) : std::int64_t{r.step}},
          {"held", r.held},
          {"next", std::move(next)},
          {"receipt_at", json::time_or_null(r.receipt_at)},
          {"acknowledged_at", json::time_or_null(r.acknowledged_at)},
          {"answered_at", json::time_or_null(r.answered_at)},
          {"ended_at", json::time_or_null(r.ended_at)},
          {"end_reason", json::text_or_null(r.end_reason)},
          {"rejected_calls", std::move(calls)},
          {"callback_reminds_at", json::time_or_null(r.remind_at)},
          {"called_back_at", json::time_or_null(r.called_back_at)},
          {"fired", r.noted},
          {"peer", r.peer ? json::Value(json::Object{{"case", json::text_or_null(r.peer_case)},
                                                     {"state", json::text_or_null(r.peer_state)}})
                          : json::Value(nullptr)},
          {"sent", std::move(sendings)},
          {"came_back", std::move(replies)}};
}

json::Object shown_entry(json::Object entry) {
  entry.erase("secret");  // by it our own mails are recognised
  entry.erase("message_id");
  for (const char* name : {"next_at", "remind_at", "called_at", "settle_at", "until"}) {
    if (json::Value* t = entry.if_contains(name); t && t->is_int64())
      *t = format_rfc3339(Instant{t->as_int64()});
  }
  if (entry.at("kind") == "asks") {
    if (json::Value* t = entry.if_contains("at"); t && t->is_int64()) entry.erase("at");
  }
  return entry;
}

}  // namespace hejnal::api
