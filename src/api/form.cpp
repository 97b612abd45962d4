#include "api/form.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "api/context.hpp"
#include "base/ip_address.hpp"
#include "base/text.hpp"

namespace hejnal::api {

namespace {

constexpr std::size_t kFieldsMax = 20;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::size_t kKeysMax = 10'000;

int hex(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

std::string decoded(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '+') {
      out += ' ';
    } else if (value[i] == '%' && i + 2 < value.size() && hex(value[i + 1]) >= 0 && hex(value[i + 2]) >= 0) {
      out += static_cast<char>(hex(value[i + 1]) * 16 + hex(value[i + 2]));
      i += 2;
    } else {
      out += value[i];
    }
  }
  return sanitize_utf8(out);
}

// "https://pomoc.firma.example" of "https://pomoc.firma.example/desk".
std::string_view origin_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return url;
  return url.substr(0, url.find('/', scheme + 3));
}

}  // namespace

bool is_from_another_site(const ports::Request& request, std::string_view public_url) {
  // Browsers of today say it outright, and no page can make them say something else.
  if (const std::string_view site = request.header("sec-fetch-site"); !site.empty())
    return site != "same-origin" && site != "none";
  const std::string_view origin = request.header("origin");
  // "null" is what our own page sends, because it tells nobody where one comes from (Referrer-Policy).
  if (origin.empty() || origin == "null") return false;
  const std::string_view host = request.header("host");
  return !iequals(origin, fmt::format("http://{}", host)) &&
         !iequals(origin, fmt::format("https://{}", host)) && !iequals(origin, origin_of(public_url));
}

Form Form::of(std::string_view body) {
  Form form;
  for (const std::string_view pair : split(body, '&')) {
    if (pair.empty()) continue;
    const auto equal = pair.find('=');
    if (equal == std::string_view::npos || form.fields_.size() > kFieldsMax) continue;
    std::string text = decoded(pair.substr(equal + 1));
    std::erase(text, '\r');  // browsers send CR LF for the end of a line
    form.fields_.emplace_back(decoded(pair.substr(0, equal)), std::move(text));
  }
  return form;
}

Form Form::of(const ports::Request& request, const FormReader& reader) {
  ports::Request own = request;
  std::erase_if(own.headers,
                [](const ports::Header& h) { return h.first == "origin" || h.first == "sec-fetch-site"; });
  auto form = read(own, {}, reader);
  return form ? std::move(*form) : Form();
}

Result<Form> Form::read(const ports::Request& request, std::string_view public_url,
                        const FormReader& reader) {
  if (is_from_another_site(request, public_url))
    return fail(Fault::refused, "only the page itself may send its form");
  const std::string_view whole_type = request.header("content-type");
  const std::string_view type = trim(whole_type.substr(0, whole_type.find(';')));
  if (reader && iequals(type, "multipart/form-data")) {
    HEJNAL_TRY(ports::IncomingForm read, reader(whole_type, request.body));
    if (read.fields.size() > kFieldsMax)
      return fail(Fault::malformed, "a form of at most {} fields", kFieldsMax);
    Form form;
    form.fields_ = std::move(read.fields);
    form.attachments_ = std::move(read.attachments);
    form.files_size_ = read.files_size;
    form.raw_ = std::move(read.raw);
    return form;
  }
  if (!type.empty() && !iequals(type, "application/x-www-form-urlencoded"))
    return fail(Fault::malformed, "expected a form (application/x-www-form-urlencoded)");
  Form form = of(request.body);
  if (form.fields_.size() > kFieldsMax)
    return fail(Fault::malformed, "a form of at most {} fields", kFieldsMax);
  return form;
}

const std::string& Form::operator[](std::string_view name) const {
  static const std::string none;
  const auto found =
      std::find_if(fields_.begin(), fields_.end(), [&](const auto& field) { return field.first == name; });
  return found == fields_.end() ? none : found->second;
}

std::string caller_of(const Context& context) {
  const bool known = !context.address.empty() && !is_loopback(context.address);
  return known ? network_of(context.address) : caller_of(context.request);
}

std::string caller_of(const ports::Request& request) {
  const std::string& remote = request.remote;
  const bool from_here = is_loopback(remote);
  // The last address is the one that the proxy itself has seen; what stands before it, its caller may have
  // made up.
  std::string_view address = remote;
  if (from_here) {
    const auto list = split(request.header("x-forwarded-for"), ',');
    address = list.empty() ? std::string_view() : trim(list.back());
  }
  if (address.size() > 45) return {};
  if (address.find(':') == std::string_view::npos || address.find('.') != std::string_view::npos)
    return std::string(address);
  // Of IPv6, whoever has one address has the 2^64 beside it.
  std::size_t groups = 0, at = 0;
  while (at < address.size() && (address[at] != ':' || ++groups < 4)) ++at;
  return std::string(address.substr(0, at));
}

std::string language_for(const ports::Request& request, const std::string& otherwise) {
  const auto is_known = [](std::string_view language) { return language == "pl" || language == "en"; };
  if (const std::string_view chosen = request.parameter("lang"); is_known(chosen)) return std::string(chosen);
  for (const std::string_view one : split(request.header("cookie"), ';')) {
    const std::string_view cookie = trim(one);
    if (cookie.starts_with("lang=") && is_known(cookie.substr(5))) return std::string(cookie.substr(5));
  }
  std::string best = otherwise;
  double best_weight = 0;
  for (const std::string_view range : split(request.header("accept-language"), ',')) {
    const std::vector<std::string_view> parts = split(range, ';');
    const std::string language = to_lower_ascii(trim(parts.front()).substr(0, 2));
    const std::string_view tag = trim(parts.front());
    if ((language != "pl" && language != "en") || (tag.size() > 2 && tag[2] != '-')) continue;
    double weight = 1;
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const std::string_view given = trim(parts[i]);
      if (!given.starts_with("q=")) continue;
      // "0.8", and nothing finer is looked at: std::from_chars of floating point is not everywhere.
      weight = given.size() > 2 && given[2] == '1' ? 1 : 0;
      if (given.size() > 4 && given[3] == '.' && given[4] >= '0' && given[4] <= '9' && weight < 1)
        weight = (given[4] - '0') / 10.0;
    }
    if (weight > best_weight) {
      best_weight = weight;
      best = language;
    }
  }
  return best;
}

Duration PostLimiter::wait(const std::string& token, Instant now) {
  const std::lock_guard lock(mutex_);
  const std::int64_t hour = now.ms / kHourMs;
  if (hour != hour_) {
    hour_ = hour;
    counts_.clear();
  }
  const bool is_full = counts_.size() >= kKeysMax && !counts_.contains(token);
  if (++counts_[is_full ? std::string() : token] <= an_hour_) return Duration(0);
  return Duration((hour + 1) * kHourMs - now.ms);
}

}  // namespace hejnal::api
