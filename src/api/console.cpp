// The team's pages: files below /console/, and the one page that all other addresses there show. What a page
// shows is decided in the browser (console/README.md); the data come from the API, with the rights of who is
// signed in.
#include "api/console_files.hpp"

#include <fmt/format.h>

#include "api/context.hpp"
#include "base/text.hpp"

namespace hejnal::api {

namespace {

// Nothing but our own files: no script or style in the page itself, no eval, no other host, and nobody shows
// us in a frame. Text becomes HTML only by the one policy of the compiler that built the pages. `frame-src`
// is for a message's HTML, which the API serves in a sandbox of its own.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types svelte-trusted-html";
constexpr const char* kPermissions =
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), browsing-topics=()";

const ConsoleFile* file_named(std::string_view name) {
  for (const ConsoleFile& file : console_files()) {
    if (file.name == name) return &file;
  }
  return nullptr;
}

// Is `coding` among what the client takes (RFC 9110, 12.5.3)? A weight of 0 refuses it.
bool takes(std::string_view accepted, std::string_view coding) {
  for (const std::string_view one : split(accepted, ',')) {
    const auto parts = split(one, ';');
    if (!iequals(trim(parts.front()), coding)) continue;
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const std::string_view weight = trim(parts[i]);
      if (!weight.starts_with("q=") && !weight.starts_with("Q=")) continue;
      return weight.substr(2).find_first_of("123456789") != std::string_view::npos;
    }
    return true;
  }
  return false;
}

// The tag of the same bytes in another coding is another one.
bool is_known(std::string_view if_none_match, const std::string& tag) {
  for (std::string_view one : split(if_none_match, ',')) {
    one = trim(one);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == tag || one == "*") return true;
  }
  return false;
}

ports::Response file_response(const ports::Request& request, const ConsoleFile& file) {
  const std::string_view accepted = request.header("accept-encoding");
  std::string_view body = file.plain, coding;
  if (!file.brotli.empty() && takes(accepted, "br")) {
    body = file.brotli;
    coding = "br";
  } else if (!file.gzip.empty() && takes(accepted, "gzip")) {
    body = file.gzip;
    coding = "gzip";
  }
  const std::string tag = fmt::format("\"{}{}{}\"", file.etag, coding.empty() ? "" : "-", coding);
  ports::Response response;
  response.content_type = std::string(file.type);
  response.headers.emplace_back("ETag", tag);
  response.headers.emplace_back("Cache-Control",
                                file.hashed ? "public, max-age=31536000, immutable" : "no-cache");
  response.headers.emplace_back("Vary", "Accept-Encoding");
  response.headers.emplace_back("Content-Security-Policy", kPolicy);
  response.headers.emplace_back("Permissions-Policy", kPermissions);
  response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  if (is_known(request.header("if-none-match"), tag)) {
    response.status = 304;
    return response;
  }
  if (!coding.empty()) response.headers.emplace_back("Content-Encoding", coding);
  response.body = std::string(body);
  return response;
}

}  // namespace

// /console/ and every page below it: case/12, say.
Result<ports::Response> console_page(Context& context) {
  if (context.segments.size() == 1) {
    if (const ConsoleFile* file = file_named(context.segments[0]))
      return file_response(context.request, *file);
  }
  const ConsoleFile* index = file_named("index.html");
  if (!index) return fail(Fault::not_found, "this program was built without the console's pages");
  return file_response(context.request, *index);
}

Result<ports::Response> console_asset(Context& context) {
  const ConsoleFile* file = file_named("assets/" + context.segments.at(0));
  // Of an earlier or later version: a page that is still open learns by this that it has to be loaded again.
  if (!file) return fail(Fault::not_found, "there is no such file in this version");
  return file_response(context.request, *file);
}

Result<ports::Response> console_moved(Context&) {
  return ports::Response{308, "text/plain", "/console/\n", {{"Location", "/console/"}}};
}

}  // namespace hejnal::api
