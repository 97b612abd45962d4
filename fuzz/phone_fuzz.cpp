// What a telephone exchange calls in with: any path, query and body. The answer is one line of text, JSON or
// TwiML, and no byte of the stranger stands in it unescaped.
#include <cstdint>
#include <cstdlib>

#include "carriers/phone/hooks.hpp"
#include "wire/form/form.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hejnal;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  carriers::phone::HookSettings settings;
  settings.secret = "s";
  settings.twilio_token = "t";
  settings.public_url = "https://pomoc.example";
  settings.hmac_sha1 = [](std::string_view, std::string_view) { return std::string(); };
  for (const char* path :
       {"/hooks/call/s", "/hooks/call/s/event", "/hooks/call/twilio", "/hooks/call/twilio/event"}) {
    ports::Request request;
    request.path = path;
    request.method = "POST";
    request.body = input;
    auto heard = carriers::phone::hear(settings, request);
    request.method = "GET";
    for (const auto& [name, value] : wire::form_decode(input)) request.query.emplace_back(name, value);
    if (!heard) heard = carriers::phone::hear(settings, request);
    if (!heard) continue;
    if (!heard->from.empty() && heard->from.front() != '+') std::abort();
    static_cast<void>(carriers::phone::answer(*heard, {}, settings.public_url));
    static_cast<void>(carriers::phone::thanks(*heard));
  }
  return 0;
}
