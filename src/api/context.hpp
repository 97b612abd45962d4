// What a handler sees: the request, who asks, and the parts of the house. Internal to the room.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/api.hpp"
#include "api/case_view.hpp"
#include "json/entry.hpp"
#include "json/value.hpp"

namespace hejnal::api {

class Gate;
struct Limits;
class Presence;

enum class Role { nobody, client, reader, agent, administrator };

// Somebody who has signed in by a browser.
struct Visit {
  ports::SessionRow session;
  ports::UserRow user;
  std::string csrf;
  bool set_up_only = false;  // a second factor is required, and this person has none yet
};

struct Context {
  const ports::Request& request;
  const Parts& parts;
  ports::Archive& archive;
  Role role = Role::nobody;
  bool unknown_token = false;       // there was one, and it is nobody's
  std::string who = {};             // the token's name, or the person's
  std::string address = {};         // where from; empty: unknown
  std::optional<Visit> visit = {};  // the person, when it is none's token
  bool forged = false;              // a session's cookie came, without the proof that our page sends it
  Gate* gate = nullptr;
  std::optional<ports::AuditRow> audit = {};  // what is noted with the change; without a value: nothing
  bool audited = false;                       // it is part of a transaction
  std::vector<std::string> segments = {};     // what stood for {…} in the route, in order
  Limits* limits = nullptr;                   // null: nothing is limited
  Presence* presence = nullptr;
};

using Handle = Result<ports::Response> (*)(Context&);

// Slow ones hash passwords, on threads of their own.
enum class Pace { quick, slow };

struct Route {
  const char* method;
  const char* pattern;  // "/api/v1/cases/{number}"
  Role least;
  Handle handle;
  bool sandbox_only = false;
  const char* parameters = "";  // of its query, by comma; any other is refused, but not on a page for people
  Pace pace = Pace::quick;
};

const std::vector<Route>& routes();

// -- answers
// --------------------------------------------------------------------------------------------------------
ports::Response json_response(json::Value value, int status = 200);
ports::Response html_response(std::string html);
ports::Response problem(int status, std::string_view title, std::string_view detail);  // RFC 9457
ports::Response problem(int status, std::string_view title, std::string_view detail, json::Object more);
ports::Response problem(const Error& error);  // Fault to status, in one place

// -- reading
// -------------------------------------------------------------------------------------------------------- A
// JSON object of which every field is asked for; others are refused by name. Mistakes are collected in
// `mistake`.
class Body {
 public:
  static Result<Body> read(const ports::Request& request);
  std::string text(std::string_view name, bool required = false, std::size_t max_bytes = 100'000);
  // A text of one line: white space becomes one space, control characters go.
  std::string line(std::string_view name, bool required = false, std::size_t max_bytes = 500);
  // An email address as it is kept (base/email_address.hpp).
  std::string email(std::string_view name, bool required = false);
  std::int64_t integer(std::string_view name, bool required = false);
  bool flag(std::string_view name, bool otherwise);
  bool has(std::string_view name) const { return object_.if_contains(name) != nullptr; }  // also null
  void complain(std::string_view name, std::string_view what);  // for finish(), unless it has one already
  std::vector<std::string> texts(std::string_view name);
  std::vector<std::int64_t> integers(std::string_view name);
  const json::Object* object(std::string_view name);
  // Files: [{"name", "type"?, "data": base64}], so many bytes of them all.
  std::vector<ports::ReportFile> files(std::string_view name, std::size_t max_bytes);
  Status finish(std::string_view where = {});  // malformed: the first mistake, or an unknown field

  explicit Body(json::Object object) : object_(std::move(object)) {}

 private:
  json::Object object_;
  std::vector<std::string> asked_;
  std::string mistake_;
};

// A telephone number in E.164.
std::string phone_in(Context& context, Body& body, std::string_view name, bool required = false);

Result<std::int64_t> whole_number(std::string_view text, std::string_view what);
// Each parameter of the query is one of `known` (by comma), and comes once.
Status check_parameters(const ports::Request& request, std::string_view known);

// -- strangers
// ----------------------------------------------------------------------------------------------
// The sandbox gives its administrator's token to whoever asks: so only to a browser that shows the sandbox
// itself. Another site's page is refused, also one that has given its own name our address (DNS rebinding).
Status check_own_page(const ports::Request& request);
// The request comes from this machine, under an address or a name that no stranger can have, and through no
// proxy that says so. A proxy on this machine that neither says so nor keeps the name cannot be told apart.
bool is_local(const ports::Request& request);

// One page of a list whose newest comes first: ?limit=&cursor=.
struct Page {
  int limit = 200;
  std::int64_t before = ports::Archive::kNewest;  // an id
};
Result<Page> read_page(const ports::Request& request);
// {"items", "next"}. `rows` were read with a limit of one more than the page has: is there another page?
template <class Row>
ports::Response page_response(const Page& page, std::vector<Row> rows, std::int64_t (*id_of)(const Row&),
                              const std::function<json::Object(const Row&)>& show) {
  const bool more = rows.size() > static_cast<std::size_t>(page.limit);
  if (more) rows.resize(static_cast<std::size_t>(page.limit));
  json::Array items;
  for (const Row& row : rows) items.push_back(show(row));
  json::Value next(nullptr);
  if (more) next = std::to_string(id_of(rows.back()));
  return json_response(json::Object{{"items", std::move(items)}, {"next", std::move(next)}});
}

// -- shapes of the API
// ------------------------------------------------------------------------------------------------
Result<ports::Response> case_response(Context& context, core::CaseNumber number,
                                      int status = 200);  // with journal and messages
// A reader looks, and the page of a client has buttons.
inline Links links_for(const Context& context) {
  return context.role >= Role::agent ? Links(context.parts.public_url) : std::nullopt;
}
json::Object callback_json(const core::Callback& c);
Result<std::vector<core::Outage>> open_outages(Context& context);  // newest first

// The journal of an outage or a callback.
template <class Thing>
Result<json::Array> journal_json(ports::RecordReader<Thing>& records, std::int64_t id) {
  HEJNAL_TRY(const auto journal, records.journal(id));
  json::Array out;
  for (const auto& entry : journal) {
    json::Object e{{"seq", static_cast<std::int64_t>(out.size()) + 1}, {"at", format_rfc3339(entry.at)}};
    for (auto& field : json::entry_object(entry)) e.emplace(field.key(), std::move(field.value()));
    for (const char* name : {"expected_end", "ring_at", "came_at", "lapse_at", "retry_at"}) {
      if (json::Value* t = e.if_contains(name); t && t->is_int64())
        *t = format_rfc3339(Instant{t->as_int64()});
    }
    if (!e.contains("why")) e["why"] = "";
    out.push_back(std::move(e));
  }
  return out;
}
std::string content_disposition(std::string_view name);  // as a download of this name
json::Object person_json(const ports::PersonRow& person);
json::Object number_json(const ports::NumberRow& number);
json::Array presence_json(Context& context, core::CaseNumber number);
std::string etag_of(std::int64_t entries);  // of a case with so many entries in its journal

// -- handlers, by file
// --------------------------------------------------------------------------------------------------
Result<ports::Response> list_cases(Context&);
Result<ports::Response> get_case(Context&);
Result<ports::Response> get_counts(Context&);
Result<ports::Response> get_presence(Context&);
Result<ports::Response> set_presence(Context&);
Result<ports::Response> create_case(Context&);
Result<ports::Response> act_read(Context&);
Result<ports::Response> act_start(Context&);
Result<ports::Response> act_settle(Context&);
Result<ports::Response> act_reopen(Context&);
Result<ports::Response> act_close(Context&);
Result<ports::Response> act_answer(Context&);
Result<ports::Response> act_ask(Context&);
Result<ports::Response> act_cancel(Context&);
Result<ports::Response> act_note(Context&);
Result<ports::Response> act_reclassify(Context&);
Result<ports::Response> act_merge(Context&);
Result<ports::Response> act_split(Context&);
Result<ports::Response> act_link(Context&);
Result<ports::Response> act_join(Context&);
Result<ports::Response> act_unjoin(Context&);
Result<ports::Response> act_not_a_case(Context&);
Result<ports::Response> act_no_email(Context&);
Result<ports::Response> get_raw(Context&);
Result<ports::Response> get_attachment(Context&);
Result<ports::Response> get_html(Context&);
Result<ports::Response> list_notices(Context&);
Result<ports::Response> list_set_aside(Context&);
Result<ports::Response> list_calls(Context&);
Result<ports::Response> open_set_aside(Context&);
Result<ports::Response> join_set_aside(Context&);
Result<ports::Response> dismiss_set_aside(Context&);
Result<ports::Response> list_people(Context&);
Result<ports::Response> get_person(Context&);
Result<ports::Response> list_organisations(Context&);
Result<ports::Response> get_organisation(Context&);
Result<ports::Response> list_templates(Context&);
Result<ports::Response> list_edited_templates(Context&);
Result<ports::Response> change_template(Context&);
Result<ports::Response> put_back_template(Context&);
Result<ports::Response> get_procedure(Context&);
Result<ports::Response> get_procedure_version(Context&);
Result<ports::Response> preview_procedure(Context&);
Result<ports::Response> rehearse_procedure(Context&);
Result<ports::Response> adopt_procedure(Context&);
Result<ports::Response> list_channels(Context&);
Result<ports::Response> get_report(Context&);
Result<ports::Response> get_report_csv(Context&);
Result<ports::Response> test_channel(Context&);
Result<ports::Response> merge_person(Context&);
Result<ports::Response> name_person(Context&);
Result<ports::Response> allow_sms(Context&);
Result<ports::Response> list_numbers(Context&);
Result<ports::Response> confirm_number(Context&);
Result<ports::Response> refuse_number(Context&);
Result<ports::Response> record_call(Context&);
Result<ports::Response> list_outages(Context&);
Result<ports::Response> get_outage(Context&);
Result<ports::Response> declare_outage(Context&);
Result<ports::Response> update_outage(Context&);
Result<ports::Response> end_outage(Context&);
Result<ports::Response> attach_to_outage(Context&);
Result<ports::Response> detach_from_outage(Context&);
Result<ports::Response> list_callbacks(Context&);
Result<ports::Response> get_callback(Context&);
Result<ports::Response> take_callback(Context&);
Result<ports::Response> attempt_callback(Context&);
Result<ports::Response> call_callback(Context&);
Result<ports::Response> settle_callback(Context&);
Result<ports::Response> write_off_callback(Context&);
Result<ports::Response> mail_health(Context&);
Result<ports::Response> health(Context&);
Result<ports::Response> metrics(Context&);
Result<ports::Response> openapi(Context&);
Result<ports::Response> list_tokens(Context&);
Result<ports::Response> create_token(Context&);
Result<ports::Response> revoke_token(Context&);
Result<ports::Response> sign_in(Context&);
Result<ports::Response> show_session(Context&);
Result<ports::Response> sign_out(Context&);
Result<ports::Response> list_sessions(Context&);
Result<ports::Response> end_session(Context&);
Result<ports::Response> end_other_sessions(Context&);
Result<ports::Response> change_password(Context&);
Result<ports::Response> begin_totp(Context&);
Result<ports::Response> confirm_totp(Context&);
Result<ports::Response> remove_totp(Context&);
Result<ports::Response> renew_recovery_codes(Context&);
Result<ports::Response> look_at_link(Context&);
Result<ports::Response> use_link(Context&);
Result<ports::Response> list_users(Context&);
Result<ports::Response> invite_user(Context&);
Result<ports::Response> set_role(Context&);
Result<ports::Response> disable_user(Context&);
Result<ports::Response> enable_user(Context&);
Result<ports::Response> reset_user(Context&);
Result<ports::Response> revoke_invitation(Context&);
Result<ports::Response> list_audit(Context&);
Result<ports::Response> list_providers(Context&);
Result<ports::Response> list_sent_reports(Context&);
Result<ports::Response> get_sent_report(Context&);
Result<ports::Response> file_sent_report(Context&);
Result<ports::Response> settle_sent_report(Context&);
Result<ports::Response> cancel_sent_report(Context&);
Result<ports::Response> call_of_sent_report_rejected(Context&);
Result<ports::Response> sent_report_called_back(Context&);
Result<ports::Response> release_sent_report(Context&);
Result<ports::Response> get_sent_report_raw(Context&);
Result<ports::Response> get_sent_report_proof(Context&);
Result<ports::Response> get_sent_report_proof_text(Context&);
Result<ports::Response> get_sent_report_proof_page(Context&);
Result<ports::Response> sandbox_session(Context&);
Result<ports::Response> procedure_page(Context&);
Result<ports::Response> follow_page(Context&);
Result<ports::Response> follow_reply(Context&);
Result<ports::Response> text_page(Context&);
Result<ports::Response> text_typed(Context&);
Result<ports::Response> follow_remind(Context&);
Result<ports::Response> follow_works(Context&);
Result<ports::Response> report_page(Context&);
Result<ports::Response> report_sent(Context&);
Result<ports::Response> status_page(Context&);
Result<ports::Response> status_feed(Context&);
Result<ports::Response> client_script(Context&);
Result<ports::Response> act_revoke_link(Context&);
Result<ports::Response> stylesheet(Context&);
Result<ports::Response> console_page(Context&);
Result<ports::Response> console_asset(Context&);
Result<ports::Response> console_moved(Context&);
Result<ports::Response> sandbox_page(Context&);
Result<ports::Response> sandbox_script(Context&);
Result<ports::Response> sandbox_token(Context&);
Result<ports::Response> sandbox_email(Context&);
Result<ports::Response> sandbox_sms(Context&);
Result<ports::Response> sandbox_call(Context&);
Result<ports::Response> sandbox_lose(Context&);
Result<ports::Response> sandbox_advance(Context&);
Result<ports::Response> sandbox_world(Context&);

// A work of the ledger: runs it and waits. With the first one of a request that changes something goes its
// line of the audit log, in the same transaction.
Status run_on_ledger(Context& context, const desk::Ledger::Work& work);

// A work of the ledger with a value, which it gives back.
template <class T>
Result<T> on_ledger(Context& context, std::function<Result<T>(desk::Desk&)> work) {
  std::optional<Result<T>> out;
  const Status done = run_on_ledger(context, [&](desk::Desk& desk) -> Status {
    out = work(desk);
    if (!*out) return tl::make_unexpected(out->error());
    return {};
  });
  if (!done) return tl::make_unexpected(done.error());
  return std::move(*out);
}

}  // namespace hejnal::api
