#include "net/http_text.hpp"

#include <fmt/format.h>

#include <chrono>

#include "base/text.hpp"

namespace hejnal::net {

namespace {

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

void append_header(std::string& head, std::string_view name, std::string_view value) {
  for (const std::string_view part : {name, std::string_view(": "), value}) {
    for (const char c : part) head.push_back(static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c);
  }
  head.append("\r\n");
}

}  // namespace

std::string http_date(std::int64_t unix_seconds) {
  using namespace std::chrono;
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_seconds time{seconds(unix_seconds)};
  const sys_days day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[weekday(day).c_encoding()],
                     unsigned(date.day()), kMonths[unsigned(date.month()) - 1], int(date.year()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string http_head(const ports::Response& response, HeadOptions options, std::int64_t unix_seconds) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason(response.status));
  append_header(head, "Date", http_date(unix_seconds));
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless && !response.content_type.empty()) append_header(head, "Content-Type", response.content_type);
  if (options.framing == Framing::chunked) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (!bodiless && options.framing == Framing::length) {
    head += fmt::format("Content-Length: {}\r\n", response.body.size());
  }
  if (!options.keep_alive) {
    head += "Connection: close\r\n";
  } else if (options.http_1_0) {
    head += "Connection: keep-alive\r\n";
  }
  for (const auto& [name, value] : response.headers) append_header(head, name, value);
  head += "\r\n";
  return head;
}

ports::Response http_problem(int status, std::string_view detail) {
  return {status,
          "application/problem+json",
          fmt::format(R"({{"type":"about:blank","title":"{}","status":{},"detail":"{}"}})", reason(status),
                      status, detail),
          {}};
}

std::string format_events(const std::vector<ports::Event>& events) {
  std::string text;
  for (const ports::Event& event : events) {
    text += fmt::format("id: {}\n", event.id);
    if (!event.name.empty()) text += fmt::format("event: {}\n", event.name);
    for (const std::string_view line : split(event.data, '\n')) text += fmt::format("data: {}\n", line);
    text += '\n';
  }
  return text;
}

std::string http_chunk(std::string_view data) { return fmt::format("{:x}\r\n{}\r\n", data.size(), data); }

}  // namespace hejnal::net
