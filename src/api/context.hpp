// What a handler sees: the request, who asks, and the parts of the house. Internal to the room.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/api.hpp"
#include "api/case_view.hpp"
#include "json/value.hpp"

namespace hejnal::api {

enum class Role { nobody, client, reader, agent, administrator };

struct Context {
  const ports::Request& request;
  const Parts& parts;
  ports::Archive& archive;
  Role role = Role::nobody;
  std::string who;                        // the token's name
  std::vector<std::string> segments;      // what stood for {…} in the route, in order
  std::optional<ports::Response> stream;  // unused by plain handlers
};

using Handle = Result<ports::Response> (*)(Context&);

struct Route {
  const char* method;
  const char* pattern;  // "/api/v1/cases/{number}"
  Role least;
  Handle handle;
  bool sandbox_only = false;
};

const std::vector<Route>& routes();

// -- answers
// --------------------------------------------------------------------------------------------------------
ports::Response json_response(json::Value value, int status = 200);
ports::Response html_response(std::string html);
ports::Response problem(int status, std::string_view title, std::string_view detail);  // RFC 9457
ports::Response problem(const Error& error);  // Fault to status, in one place

// -- reading
// -------------------------------------------------------------------------------------------------------- A
// JSON object of which every field is asked for; others are refused by name. Mistakes are collected in
// `mistake`.
class Body {
 public:
  static Result<Body> read(const ports::Request& request);
  std::string text(std::string_view name, bool required = false, std::size_t max_bytes = 100'000);
  std::int64_t integer(std::string_view name, bool required = false);
  std::vector<std::string> texts(std::string_view name);
  const json::Object* object(std::string_view name);
  Status finish(std::string_view where = {});  // malformed: the first mistake, or an unknown field

  explicit Body(json::Object object) : object_(std::move(object)) {}

 private:
  json::Object object_;
  std::vector<std::string> asked_;
  std::string mistake_;
};

Result<std::int64_t> whole_number(std::string_view text, std::string_view what);
Status only_parameters(const ports::Request& request, std::initializer_list<std::string_view> known);

// -- shapes of the API
// ------------------------------------------------------------------------------------------------
Result<ports::Response> case_response(Context& context, core::CaseNumber number,
                                      int status = 200);  // with journal and messages
std::string etag_of(std::int64_t entries);                // of a case with so many entries in its journal

// -- handlers, by file
// --------------------------------------------------------------------------------------------------
Result<ports::Response> list_cases(Context&);
Result<ports::Response> get_case(Context&);
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
Result<ports::Response> get_raw(Context&);
Result<ports::Response> list_notices(Context&);
Result<ports::Response> list_set_aside(Context&);
Result<ports::Response> open_set_aside(Context&);
Result<ports::Response> join_set_aside(Context&);
Result<ports::Response> dismiss_set_aside(Context&);
Result<ports::Response> list_people(Context&);
Result<ports::Response> merge_person(Context&);
Result<ports::Response> name_person(Context&);
Result<ports::Response> record_call(Context&);
Result<ports::Response> health(Context&);
Result<ports::Response> metrics(Context&);
Result<ports::Response> openapi(Context&);
Result<ports::Response> create_token(Context&);
Result<ports::Response> procedure_page(Context&);
Result<ports::Response> follow_page(Context&);
Result<ports::Response> follow_reply(Context&);
Result<ports::Response> stylesheet(Context&);
Result<ports::Response> sandbox_page(Context&);
Result<ports::Response> sandbox_script(Context&);
Result<ports::Response> sandbox_token(Context&);
Result<ports::Response> sandbox_email(Context&);
Result<ports::Response> sandbox_sms(Context&);
Result<ports::Response> sandbox_call(Context&);
Result<ports::Response> sandbox_lose(Context&);
Result<ports::Response> sandbox_advance(Context&);
Result<ports::Response> sandbox_world(Context&);

// A work of the ledger with a value: runs it, waits, and gives the value back.
template <class T>
Result<T> on_ledger(Context& context, std::function<Result<T>(desk::Desk&)> work) {
  std::optional<Result<T>> out;
  const Status done = context.parts.ledger->run([&](desk::Desk& desk) -> Status {
    out = work(desk);
    if (!*out) return tl::make_unexpected(out->error());
    return {};
  });
  if (!done) return tl::make_unexpected(done.error());
  return std::move(*out);
}

}  // namespace hejnal::api
