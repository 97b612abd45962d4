#include "app/sms_out.hpp"

#include <fmt/format.h>

#include <thread>

#include "app/from_settings.hpp"

namespace hejnal::app {

namespace {

Result<std::string> read_secret(const config::SmsGateway& gateway) {
  if (gateway.secret_file.empty()) return std::string();
  HEJNAL_TRY(const std::string secret, first_line(gateway.secret_file));
  if (secret.size() < 16 || secret.size() > 200 ||
      secret.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") !=
          std::string::npos) {
    return fail(Fault::malformed,
                "{}: expected 16 to 200 signs of A-Z a-z 0-9 - _ in its first line, such as what "
                "`openssl rand -hex 16` prints",
                gateway.secret_file);
  }
  return secret;
}

}  // namespace

std::string spent_key(const std::string& gateway, const std::string& month) {
  return fmt::format("sms_spent {} {}", gateway, month);
}

void SmsOut::stop(Duration grace) {
  // All at once: the grace is for all of them together.
  std::vector<std::thread> stopping;
  for (auto& client : clients) stopping.emplace_back([&client, grace] { client->stop(grace); });
  for (std::thread& one : stopping) one.join();
}

Result<std::unique_ptr<SmsOut>> make_sms(const config::Settings& settings, ports::Clock& clock,
                                         carriers::Switchboard::Watch watch) {
  if (settings.sms.empty()) return std::unique_ptr<SmsOut>();
  auto out = std::make_unique<SmsOut>();
  std::vector<carriers::Switchboard::Line> lines;
  for (const config::SmsGateway& g : settings.sms) {
    carriers::GatewaySettings s;
    s.name = g.name;
    s.kind = g.kind;
    s.url = g.url;
    s.user = g.user;
    HEJNAL_TRY(s.password, first_line(g.password_file));
    if (!g.password_file.empty() && s.password.empty())
      return fail(Fault::malformed, "{}: its first line is empty", g.password_file);
    s.from = g.from;
    s.country = settings.country;
    s.timeout = Duration(g.timeout_s * 1000);
    s.method = g.method;
    s.body = g.body;
    s.success = g.success;
    s.headers = g.headers;
    s.spool = g.spool;
    s.hmac_sha1 = &net::hmac_sha1;
    HEJNAL_TRY(const std::string secret, read_secret(g));
    if (!secret.empty() || g.kind == "twilio") {
      s.hook_url = (g.callback.empty() ? settings.public_url : g.callback) + kSmsHooks + g.name +
                   (secret.empty() ? "" : "/" + secret);
    }
    net::HttpCallerOptions http;
    http.ca_file = g.ca_file;
    out->clients.push_back(std::make_unique<net::HttpClient>(http));
    HEJNAL_TRY(auto gateway, carriers::make_gateway(std::move(s), *out->clients.back()));
    lines.push_back({std::move(gateway), {g.price, g.monthly_cap}});
    out->secrets.emplace_back(g.name, secret);
  }
  out->board = std::make_unique<carriers::Switchboard>(
      carriers::SwitchboardSettings{static_cast<int>(settings.sms_per_number),
                                    static_cast<int>(settings.sms_total)},
      std::move(lines), clock, std::move(watch));
  return out;
}

}  // namespace hejnal::app
