// The form of a client's page: whatever a browser, or somebody who only looks like one, has sent, its fields
// are text. The first line stands for headers that steer how it is read.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "api/form.hpp"
#include "base/text.hpp"

using namespace hejnal;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string all(reinterpret_cast<const char*>(data), size);
  const auto line = all.find('\n');
  const std::string head = all.substr(0, line);
  ports::Request request;
  request.method = "POST";
  request.body = line == std::string::npos ? std::string() : all.substr(line + 1);
  request.headers = {{"accept-language", head}, {"content-type", "application/x-www-form-urlencoded"}};
  if (head.size() % 3 == 0) request.headers.emplace_back("origin", head);
  if (head.size() % 5 == 0) request.headers.emplace_back("host", head);
  const std::string language = api::language_for(request, "pl");
  if (language != "pl" && language != "en") std::abort();
  const auto form = api::Form::read(request, head);
  if (!form) {
    if (!is_valid_utf8(form.error().what)) std::abort();
    return 0;
  }
  for (const char* name : {"text", "subject", "email", ""}) {
    const std::string& field = (*form)[name];
    if (!is_valid_utf8(field) || field.find('\r') != std::string::npos) std::abort();
  }
  return 0;
}
