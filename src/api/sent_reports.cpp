// Reports that we have sent to providers, by the API: file, look, settle, and the proof (docs/reporter.md).
#include "api/context.hpp"
#include "api/page.hpp"
#include "api/sent_report_view.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"

namespace hejnal::api {

namespace {

constexpr std::size_t kTextMax = 500'000;
constexpr std::size_t kReportFilesMax = 15'000'000;  // bytes; in the email a third more

const reporter::Provider* provider_of(const Parts& parts, const std::string& name) {
  for (const reporter::Provider& one : parts.sent.reporter->settings().providers) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

json::Object report_view(const Parts& parts, const core::SentReport& r) {
  return sent_report_view(r, provider_of(parts, r.provider), parts.clock->now());
}

json::Array messages_view(const std::vector<ports::ReportMessage>& messages) {
  json::Array out;
  for (const ports::ReportMessage& m : messages) {
    const char* direction = m.n < 0 ? "draft" : m.n == 0 ? "in" : "out";
    out.push_back(json::Object{{"id", m.id},
                               {"direction", direction},
                               {"sending", m.n > 0 ? json::Value(m.n) : json::Value(nullptr)},
                               {"channel", to_string(m.channel)},
                               {"from", m.from},
                               {"to", m.to},
                               {"subject", m.subject},
                               {"text", m.text},
                               {"at", format_rfc3339(m.at)},
                               {"sha256", m.sum}});
  }
  return out;
}

Result<core::ReportId> id_in(Context& context) { return whole_number(context.segments.at(0), "id"); }

Result<core::SentReport> report_in(Context& context) {
  HEJNAL_TRY(const core::ReportId id, id_in(context));
  HEJNAL_TRY(core::SentReport r, context.archive.reports().records().load(id));
  if (!r.exists()) return fail(Fault::not_found, "there is no report {}", id);
  return r;
}

Result<json::Object> whole_view(Context& context, const core::SentReport& r) {
  ports::ReportsReader& reports = context.archive.reports();
  HEJNAL_TRY(const auto messages, reports.messages(r.id));
  json::Object out = report_view(context.parts, r);
  out["messages"] = messages_view(messages);
  HEJNAL_TRY(json::Array journal, journal_json(reports.records(), r.id));
  for (json::Value& entry : journal) entry = shown_entry(std::move(entry.as_object()));
  out["journal"] = std::move(journal);
  return out;
}

Result<ports::Response> act(Context& context, const core::sent::Signal& signal) {
  HEJNAL_TRY(const core::ReportId id, id_in(context));
  HEJNAL_TRY(const core::SentReport r, on_ledger<core::SentReport>(context, [&](desk::Desk& desk) {
               return context.parts.sent.reporter->act(id, signal, desk.now());
             }));
  context.parts.sent.nudge();
  return json_response(report_view(context.parts, r));
}

Status no_fields(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  return body.finish();
}

}  // namespace

Result<ports::Response> list_providers(Context& context) {
  json::Array items;
  for (const reporter::Provider& p : context.parts.sent.reporter->settings().providers) {
    json::Array classes;
    for (const core::ServiceClass& c : p.procedure.classes) {
      if (c.steps.empty()) continue;
      json::Array steps;
      for (const core::Step& step : c.steps)
        steps.push_back(json::Object{{"wait", step.wait_text}, {"means", step.means_text}});
      classes.push_back(json::Object{
          {"id", c.id}, {"title", c.title}, {"situation", c.situation}, {"steps", std::move(steps)}});
    }
    items.push_back(json::Object{{"name", p.name},
                                 {"title", p.title},
                                 {"email", json::text_or_null(p.email)},
                                 {"sms_number", json::text_or_null(p.sms_number)},
                                 {"language", p.language},
                                 {"classes", std::move(classes)}});
  }
  return json_response(json::Object{{"items", std::move(items)}});
}

Result<ports::Response> list_sent_reports(Context& context) {
  HEJNAL_TRY(const Page page, read_page(context.request));
  const std::string_view state = context.request.parameter("state");
  if (!state.empty() && state != "open" && state != "all")
    return fail(Fault::malformed, "state: expected open or all");
  auto& records = context.archive.reports().records();
  HEJNAL_TRY(auto ids, records.ids(state != "all", page.limit + 1, page.before));
  const bool more = ids.size() > static_cast<std::size_t>(page.limit);
  if (more) ids.resize(static_cast<std::size_t>(page.limit));
  json::Array items;
  for (const core::ReportId id : ids) {
    const Result<core::SentReport> r = records.load(id);
    if (!r && r.error().fault == Fault::corrupt) continue;  // by itself it says what is wrong
    if (!r) return tl::make_unexpected(r.error());
    items.push_back(report_view(context.parts, *r));
  }
  return json_response(
      json::Object{{"items", std::move(items)},
                   {"next", more ? json::Value(std::to_string(ids.back())) : json::Value(nullptr)}});
}

Result<ports::Response> get_sent_report(Context& context) {
  HEJNAL_TRY(const core::SentReport r, report_in(context));
  HEJNAL_TRY(json::Object out, whole_view(context, r));
  return json_response(std::move(out));
}

Result<ports::Response> file_sent_report(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  reporter::NewReport report;
  report.provider = body.line("provider", false, 40);
  report.class_name = body.line("class", false, 100);
  report.subject = body.line("subject", true, 300);
  report.text = body.text("text", true, kTextMax);
  report.files = body.files("files", kReportFilesMax);
  HEJNAL_TRY_VOID(body.finish());
  report.by = context.who;
  HEJNAL_TRY(const core::SentReport r, on_ledger<core::SentReport>(context, [&](desk::Desk& desk) {
               return context.parts.sent.reporter->file(report, desk.now());
             }));
  context.parts.sent.nudge();
  ports::Response response = json_response(report_view(context.parts, r), 201);
  response.headers.emplace_back("Location", fmt::format("/api/v1/sent-reports/{}", r.id));
  return response;
}

Result<ports::Response> settle_sent_report(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  core::sent::Settle settle{context.who, body.line("reason", false, 500), body.flag("tell", false)};
  HEJNAL_TRY_VOID(body.finish());
  return act(context, settle);
}

Result<ports::Response> cancel_sent_report(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const core::sent::Cancel cancel{context.who, body.line("reason", false, 500)};
  HEJNAL_TRY_VOID(body.finish());
  return act(context, cancel);
}

Result<ports::Response> call_of_sent_report_rejected(Context& context) {
  HEJNAL_TRY_VOID(no_fields(context));
  return act(context, core::sent::RejectCall{context.who, context.parts.clock->now()});
}

Result<ports::Response> sent_report_called_back(Context& context) {
  HEJNAL_TRY_VOID(no_fields(context));
  return act(context, core::sent::CallCame{context.who});
}

Result<ports::Response> release_sent_report(Context& context) {
  HEJNAL_TRY_VOID(no_fields(context));
  return act(context, core::sent::Release{context.who});
}

Result<ports::Response> get_sent_report_raw(Context& context) {
  HEJNAL_TRY(const core::SentReport r, report_in(context));
  HEJNAL_TRY(const std::int64_t message, whole_number(context.segments.at(1), "message"));
  HEJNAL_TRY(const auto messages, context.archive.reports().messages(r.id));
  for (const ports::ReportMessage& m : messages) {
    if (m.id != message) continue;
    HEJNAL_TRY(std::string bytes, context.archive.reports().raw(message));
    ports::Response response{200, "message/rfc822", std::move(bytes), {}};
    response.headers.emplace_back("Content-Disposition",
                                  fmt::format("attachment; filename=\"report-{}-{}.eml\"", r.id, message));
    response.headers.emplace_back("Content-Security-Policy", "sandbox");
    return response;
  }
  return fail(Fault::not_found, "report {} has no message {}", r.id, message);
}

Result<ports::Response> get_sent_report_proof(Context& context) {
  HEJNAL_TRY(const core::SentReport r, report_in(context));
  HEJNAL_TRY(const Proof proof, context.parts.sent.proof(context.archive, r.id));
  HEJNAL_TRY(json::Object report, whole_view(context, r));
  return json_response(json::Object{{"report", std::move(report)},
                                    {"text", proof.text},
                                    {"key", proof.key},
                                    {"signature", proof.signature}});
}

Result<ports::Response> get_sent_report_proof_text(Context& context) {
  HEJNAL_TRY(const core::SentReport r, report_in(context));
  HEJNAL_TRY(Proof proof, context.parts.sent.proof(context.archive, r.id));
  ports::Response response{200, "text/plain", std::move(proof.armoured), {}};
  response.headers.emplace_back("Content-Disposition",
                                content_disposition(fmt::format("hejnal-report-{}.txt", r.id)));
  return response;
}

// To be printed: what was sent and what came back, then the signed text as it is.
Result<ports::Response> get_sent_report_proof_page(Context& context) {
  HEJNAL_TRY(const core::SentReport r, report_in(context));
  HEJNAL_TRY(const Proof proof, context.parts.sent.proof(context.archive, r.id));
  const Parts& parts = context.parts;
  const reporter::Provider* provider = provider_of(parts, r.provider);
  const std::string language = r.language == "pl" ? "pl" : "en";
  const auto time = [&](Instant at) { return format_local(at, parts.zone, language); };
  const auto said = [&](const std::string& name) { return text_of(language, "proof_" + name); };
  Fill fill;
  fill.set("TITLE", text_of(language, "proof_title", r.id))
      .set("LANG", language)
      .set("DESK", parts.desk_name)
      .set("SUBJECT", r.subject)
      .set("PROVIDER", provider ? provider->title : r.provider)
      .set("FROM", fmt::format("{} <{}>", r.from.name, r.from.email))
      .set("CODE", r.code)
      .set("CLASS", r.class_name)
      .set("STATE", said("state_" + std::string(to_string(r.state))))
      .set("OPENED", time(r.opened_at))
      .set("TEXT", proof.text)
      .set("KEY", proof.key)
      .set("SIGNATURE", proof.signature);
  for (const auto& s : r.sendings) {
    if (s.kind == core::SendingKind::news) continue;
    Fill& row = fill.row("SENT");
    row.set("N", std::to_string(s.n))
        .set("STEP", std::to_string(s.step))
        .set("CHANNEL", s.channel == core::Channel::sms ? "SMS" : "email")
        .set("TO", s.to)
        .set("AT", time(s.left_at.value_or(s.since)))
        .set("FATE", said("sent_" + std::string(to_string(s.state))));
    if (!s.text.empty()) row.row("WORDS").set("SERVER", s.text);
  }
  for (const auto& reply : r.replies) {
    fill.row("BACK")
        .set("AT", time(reply.at))
        .set("WHAT", said("heard_" + std::string(to_string(reply.what))))
        .set("FROM", reply.from)
        .set("SUBJECT", reply.subject);
  }
  fill.row("TIMES").set("ZONE", parts.zone);
  if (r.replies.empty()) fill.show("NOTHING");
  return html_response(fill_page("proof", language, fill));
}

}  // namespace hejnal::api
