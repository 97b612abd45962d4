// JSON in and out: strict reading, problem details.
#include <algorithm>
#include <charconv>

#include "api/context.hpp"
#include "base/base64.hpp"
#include "base/email_address.hpp"
#include "base/text.hpp"

namespace hejnal::api {

ports::Response json_response(json::Value value, int status) {
  return {status, "application/json", json::dump(value) + "\n", {}};
}

ports::Response html_response(std::string html) {
  ports::Response response{200, "text/html; charset=utf-8", std::move(html), {}};
  response.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
      "form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

ports::Response problem(int status, std::string_view title, std::string_view detail) {
  return problem(status, title, detail, {});
}

ports::Response problem(int status, std::string_view title, std::string_view detail, json::Object more) {
  json::Object all{{"type", "about:blank"}, {"title", title}, {"status", status}, {"detail", detail}};
  for (auto& field : more) all[field.key()] = std::move(field.value());
  ports::Response response = json_response(std::move(all), status);
  response.content_type = "application/problem+json";
  return response;
}

ports::Response problem(const Error& error) {
  switch (error.fault) {
    case Fault::retry_later: {
      ports::Response response = problem(503, "Not now", error.what);
      response.headers.emplace_back("Retry-After", "5");
      return response;
    }
    case Fault::refused:
      return problem(422, "Refused", error.what);
    case Fault::conflict:
      return problem(409, "Not in this state", error.what);
    case Fault::not_found:
      return problem(404, "Not found", error.what);
    case Fault::malformed:
      return problem(400, "Not understood", error.what);
    case Fault::corrupt:
      break;
  }
  return problem(500, "Damaged data", error.what);
}

Result<Body> Body::read(const ports::Request& request) {
  if (trim(request.body).empty()) return Body(json::Object{});
  HEJNAL_TRY(json::Value value, json::parse_strictly(request.body));
  if (!value.is_object()) return fail(Fault::malformed, "expected a JSON object");
  return Body(std::move(value.as_object()));
}

void Body::complain(std::string_view name, std::string_view what) {
  if (mistake_.empty()) mistake_ = fmt::format("{}: {}", name, what);
}

std::string Body::line(std::string_view name, bool required, std::size_t max_bytes) {
  const std::string out = one_line(text(name, required, max_bytes));
  if (required && out.empty()) complain(name, "is empty; expected a text");
  return out;
}

std::string Body::email(std::string_view name, bool required) {
  const std::string given = text(name, required, 320);
  if (given.empty()) return {};
  const auto address = email_address(given);
  if (!address) complain(name, "expected an address such as anna@klient.example");
  return address.value_or("");
}

std::string Body::text(std::string_view name, bool required, std::size_t max_bytes) {
  asked_.emplace_back(name);
  const json::Value* found = object_.if_contains(name);
  if (!found || found->is_null()) {
    if (required) complain(name, "is missing; expected a text");
    return {};
  }
  if (!found->is_string()) {
    complain(name, "expected a text");
    return {};
  }
  std::string out = sanitize_utf8(found->as_string());
  if (out.size() > max_bytes)
    complain(name, fmt::format("is {} bytes long; at most {} are allowed", out.size(), max_bytes));
  if (required && is_blank(out)) complain(name, "is empty; expected a text");
  return out;
}

std::int64_t Body::integer(std::string_view name, bool required) {
  asked_.emplace_back(name);
  const json::Value* found = object_.if_contains(name);
  if (!found || found->is_null()) {
    if (required) complain(name, "is missing; expected a whole number");
    return 0;
  }
  if (!found->is_int64()) {
    complain(name, "expected a whole number");
    return 0;
  }
  return found->as_int64();
}

bool Body::flag(std::string_view name, bool otherwise) {
  asked_.emplace_back(name);
  const json::Value* found = object_.if_contains(name);
  if (!found || found->is_null()) return otherwise;
  if (!found->is_bool()) {
    complain(name, "expected true or false");
    return otherwise;
  }
  return found->as_bool();
}

std::vector<std::string> Body::texts(std::string_view name) {
  asked_.emplace_back(name);
  std::vector<std::string> out;
  const json::Value* found = object_.if_contains(name);
  if (!found || found->is_null()) return out;
  if (found->is_array()) {
    for (const json::Value& v : found->as_array()) {
      if (v.is_string()) out.push_back(sanitize_utf8(v.as_string()));
    }
  }
  if (!found->is_array() || out.size() != found->as_array().size())
    complain(name, "expected a list of texts");
  return out;
}

std::vector<std::int64_t> Body::integers(std::string_view name) {
  asked_.emplace_back(name);
  std::vector<std::int64_t> out;
  const json::Value* found = object_.if_contains(name);
  if (!found || found->is_null()) return out;
  if (found->is_array()) {
    for (const json::Value& v : found->as_array()) {
      if (v.is_int64()) out.push_back(v.as_int64());
    }
  }
  if (!found->is_array() || out.size() != found->as_array().size())
    complain(name, "expected a list of whole numbers");
  return out;
}

std::vector<ports::ReportFile> Body::files(std::string_view name, std::size_t max_bytes) {
  constexpr std::size_t kFilesMax = 20, kNameMax = 200, kTypeMax = 100;
  asked_.emplace_back(name);
  std::vector<ports::ReportFile> out;
  const json::Value* found = object_.if_contains(name);
  if (!found || found->is_null()) return out;
  const char* expected = "expected a list of files: name, type, data";
  if (!found->is_array() || found->as_array().size() > kFilesMax) {
    complain(name, found->is_array() ? fmt::format("at most {} files", kFilesMax) : expected);
    return out;
  }
  std::size_t size = 0;
  for (const json::Value& one : found->as_array()) {
    if (!one.is_object()) {
      complain(name, expected);
      return out;
    }
    Body file(one.as_object());
    ports::ReportFile read;
    read.name = file.line("name", true, kNameMax);
    read.type = file.line("type", false, kTypeMax);
    const auto bytes = from_base64(file.text("data", false, max_bytes / 3 * 4 + 8));
    if (!file.has("data")) file.complain("data", "is missing");
    const Status good = file.finish(fmt::format("{}.", name));
    if (!good) mistake_ = mistake_.empty() ? good.error().what : mistake_;
    if (!bytes) complain(name, fmt::format("the data of {} is not base64", read.name));
    // Into a header it goes as it is.
    const bool is_type = read.type.find_first_not_of(
                             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "!#$&-^_.+/") == std::string::npos &&
                         std::count(read.type.begin(), read.type.end(), '/') == 1;
    if (!is_type) read.type = "application/octet-stream";
    if (bytes) read.bytes = *bytes;
    size += read.bytes.size();
    if (size > max_bytes) {
      complain(name, fmt::format("at most {} bytes together", max_bytes));
      return out;
    }
    out.push_back(std::move(read));
  }
  return out;
}

const json::Object* Body::object(std::string_view name) {
  asked_.emplace_back(name);
  const json::Value* found = object_.if_contains(name);
  if (!found || found->is_null()) return nullptr;
  if (!found->is_object()) {
    complain(name, "expected an object");
    return nullptr;
  }
  return &found->as_object();
}

Status Body::finish(std::string_view where) {
  for (const auto& field : object_) {
    if (std::find(asked_.begin(), asked_.end(), std::string_view(field.key())) == asked_.end()) {
      return fail(Fault::malformed, "there is no field \"{}{}\"", where, sanitize_utf8(field.key()));
    }
  }
  if (!mistake_.empty()) return fail(Fault::malformed, "{}{}", where, mistake_);
  return {};
}

std::string phone_in(Context& context, Body& body, std::string_view name, bool required) {
  const std::string given = body.line(name, required, 50);
  if (given.empty()) return {};
  std::string number = context.parts.normal_number(given);
  if (number.empty()) body.complain(name, fmt::format("\"{}\" is no telephone number", given));
  return number;
}

Result<std::int64_t> whole_number(std::string_view text, std::string_view what) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || out < 0) {
    return fail(Fault::malformed, "{}: expected a whole number, found \"{}\"", what,
                truncate_utf8(sanitize_utf8(text), 40));
  }
  return out;
}

Result<Page> read_page(const ports::Request& request) {
  Page page;
  if (request.has_parameter("limit")) {
    HEJNAL_TRY(const std::int64_t limit, whole_number(request.parameter("limit"), "limit"));
    if (limit < 1 || limit > 200) return fail(Fault::malformed, "limit: expected 1 to 200, found {}", limit);
    page.limit = static_cast<int>(limit);
  }
  if (request.has_parameter("cursor")) {
    HEJNAL_TRY(page.before, whole_number(request.parameter("cursor"), "cursor"));
  }
  return page;
}

Status check_parameters(const ports::Request& request, std::string_view known) {
  const auto names = split(known, ',');
  for (auto one = request.query.begin(); one != request.query.end(); ++one) {
    const std::string& name = one->first;
    if (name.empty() || std::find(names.begin(), names.end(), name) == names.end())
      return fail(Fault::malformed, "there is no parameter \"{}\"", truncate_utf8(one_line(name), 100));
    if (std::any_of(request.query.begin(), one, [&](const auto& earlier) { return earlier.first == name; }))
      return fail(Fault::malformed, "the parameter \"{}\" is given twice", name);
  }
  return {};
}

}  // namespace hejnal::api
