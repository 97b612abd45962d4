// Who is on the other side of a request without a token: a page of our own, or somebody else's.
#include "api/context.hpp"
#include "base/ip_address.hpp"
#include "base/text.hpp"

namespace hejnal::api {

namespace {

// "example.org" of "example.org:8080"; an IPv6 address keeps its brackets.
std::string_view host_of(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.rfind(':'));
}

// No stranger can have such a name lead to us: a number, a name without a dot, or one below "localhost".
bool is_nobodys_domain(std::string_view host) {
  if (host.empty() || host.starts_with('[')) return !host.empty();
  if (host.find_first_not_of("0123456789.") == std::string_view::npos) return true;
  if (host.find('.') == std::string_view::npos) return true;
  constexpr std::string_view kLocal = ".localhost";
  return host.size() > kLocal.size() && iequals(host.substr(host.size() - kLocal.size()), kLocal);
}

}  // namespace

Status check_own_page(const ports::Request& request) {
  const std::string_view host = request.header("host");
  if (!is_nobodys_domain(host_of(host)))
    return fail(Fault::refused, "the sandbox answers to an address or to localhost, not to \"{}\"",
                truncate_utf8(one_line(host), 100));
  const std::string_view site = request.header("sec-fetch-site");
  const bool foreign_site = !site.empty() && site != "same-origin" && site != "none";
  const std::string_view origin = request.header("origin");
  const bool foreign_origin = !origin.empty() && !iequals(origin, fmt::format("http://{}", host)) &&
                              !iequals(origin, fmt::format("https://{}", host));
  if (foreign_site || foreign_origin) return fail(Fault::refused, "only the sandbox's own page may ask");
  return {};
}

// A proxy says so, or passes on the name that its caller has asked for.
bool is_local(const ports::Request& request) {
  const bool from_here = is_loopback(request.remote) || request.remote == "unix";
  for (const char* name :
       {"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"}) {
    if (!request.header(name).empty()) return false;
  }
  return from_here && is_nobodys_domain(host_of(request.header("host")));
}

}  // namespace hejnal::api
