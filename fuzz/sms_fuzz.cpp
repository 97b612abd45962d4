// What gateways call in with, and the texts and numbers inside: no crash, bounded memory, valid UTF-8 behind
// it, nothing lost where a text is cut, and parts that join whatever their order.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "base/text.hpp"
#include "carriers/sms/gateway.hpp"
#include "core/sms_command.hpp"
#include "wire/sms/number.hpp"
#include "wire/sms/text.hpp"

namespace {

using namespace hejnal;

// Answers everything with the bytes under test.
struct Caller final : ports::HttpCaller {
  void call(ports::HttpCall, std::function<void(ports::HttpAnswer)> done) override {
    ports::HttpAnswer answer;
    answer.status = status;
    answer.body = body;
    answer.may_have_left = true;
    done(std::move(answer));
  }
  int status = 200;
  std::string body;
};

void must(bool holds) {
  if (!holds) std::abort();
}

std::vector<std::unique_ptr<carriers::Gateway>>& gateways(Caller& http) {
  static std::vector<std::unique_ptr<carriers::Gateway>> all = [&] {
    std::vector<std::unique_ptr<carriers::Gateway>> out;
    for (const char* kind : {"kannel", "smsapi", "twilio", "http", "gammu"}) {
      carriers::GatewaySettings s;
      s.name = s.kind = kind;
      s.url = "http://x/{to}{text}";
      s.country = "48";
      s.spool = "/nowhere";
      s.hmac_sha1 = [](std::string_view, std::string_view) { return std::string(); };  // everything is signed
      out.push_back(std::move(*carriers::make_gateway(std::move(s), http)));
    }
    return out;
  }();
  return all;
}

void texts(const std::string& bytes) {
  const std::string text = sanitize_utf8(bytes);
  const wire::SmsSize size = wire::sms_size(text);
  const auto parts = wire::sms_parts(text);
  must(static_cast<int>(parts.size()) == size.segments);
  std::string again;
  for (const std::string& part : parts) again += part;
  must(again == text);
  const std::string plain = wire::sms_text(text);
  must(is_valid_utf8(plain) && wire::sms_size(plain).segments <= size.segments);
  must(is_valid_utf8(wire::utf8_of_utf16be(bytes)));
  for (const char* country : {"48", "39", "1"}) {
    if (const std::string number = wire::e164(bytes, country); !number.empty()) {
      must(number.size() >= 9 && number.size() <= 16 && number[0] == '+');
      must(wire::e164(number, country) == number);
    }
  }
  must(is_valid_utf8(wire::sms_sender(bytes, "48").text));
  const core::DeskCommand command = core::read_desk_command(text);
  must(!command.slot || (*command.slot >= 0 && *command.slot < core::kSlotsMax));
  must(core::contact_word(text) == core::ContactWord::none || text.size() <= 40);
}

void parts(const std::string& bytes) {
  wire::SmsJoiner joiner(30s);
  std::size_t in = 0, out = 0;
  for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
    const auto part = wire::sms_part(std::string_view(bytes).substr(at, 7));
    if (!part) continue;
    ++in;
    const Instant now{static_cast<unsigned char>(bytes[at + 7]) * 1000LL};
    for (const auto& one : joiner.add("a", "b", *part, "id", bytes.substr(at, 8), in, now))
      out += one.handles.size();
    must(joiner.waiting() <= wire::SmsJoiner::kMessagesMax);
  }
  for (const auto& one : joiner.drain()) out += one.handles.size();
  must(in == out);  // whoever waits gets an answer
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Caller http;
  if (size < 2) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  texts(bytes);
  parts(bytes);

  static constexpr int kStatus[] = {200, 201, 202, 204, 301, 400, 401, 403, 429, 500, 503, 0};
  http.status = kStatus[data[1] % 12];
  http.body = bytes;
  auto& all = gateways(http);
  carriers::Gateway& gateway = *all[data[0] % all.size()];
  ports::Request request;
  request.method = data[1] & 16 ? "POST" : "GET";
  request.path = "/hooks/sms/x/in";
  request.headers = {
      {"content-type", data[1] & 32 ? "application/json" : "application/x-www-form-urlencoded"},
      {"x-kannel-from", "48601234567"},
      {"x-kannel-udh", bytes.substr(0, 30)}};
  request.body = bytes;
  request.query = wire::form_decode(bytes);
  const auto heard = gateway.hear(request, data[1] & 64 ? "report" : "in");
  if (heard) {
    for (const auto& one : heard->messages)
      must(is_valid_utf8(one.sms.text) && is_valid_utf8(one.sms.from) && is_valid_utf8(one.sms.id));
  }
  ports::OutgoingSms sms;
  sms.to = "+48601234567";
  sms.text = sanitize_utf8(bytes);
  sms.key = "hejnal.1.1.a";
  sms.again = (data[1] & 128) != 0;
  int answers = 0;
  gateway.send(sms, [&](const ports::SmsResult& result) {
    ++answers;
    must(is_valid_utf8(result.text));
  });
  must(answers == 1);
  gateway.ask(sms.text, [&](const ports::SmsReport& report) {
    ++answers;
    must(is_valid_utf8(report.text));
  });
  must(answers == 2);
  return 0;
}
