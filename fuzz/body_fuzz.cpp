// Bodies of API requests: whatever arrives, reading ends with fields or with a message for people, and both
// are UTF-8.
#include <cstdlib>
#include <string_view>

#include "api/context.hpp"
#include "base/text.hpp"

using namespace hejnal;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ports::Request request;
  request.method = "POST";
  request.body.assign(reinterpret_cast<const char*>(data), size);
  auto body = api::Body::read(request);
  if (!body) {
    require(is_valid_utf8(body.error().what) || !is_valid_utf8(request.body));
    require(is_valid_utf8(api::problem(body.error()).body));
    return 0;
  }
  require(is_valid_utf8(body->text("subject", true, 2000)));
  require(is_valid_utf8(body->text("text", false, 100'000)));
  require(is_valid_utf8(body->text("class")));
  for (const std::string& channel : body->texts("channels")) require(is_valid_utf8(channel));
  static_cast<void>(body->integer("delay_s"));
  if (const json::Object* client = body->object("client")) {
    api::Body inner(*client);
    require(is_valid_utf8(inner.text("email", false, 320)));
    static_cast<void>(inner.finish("client."));
  }
  if (const Status done = body->finish(); !done) require(is_valid_utf8(api::problem(done.error()).body));
  return 0;
}
