// Commands that only look: check, procedure, inspect.
#include <fmt/format.h>

#include <filesystem>

#include "api/html.hpp"
#include "app/clock.hpp"
#include "app/commands/shared.hpp"
#include "app/monitor_hooks.hpp"
#include "app/reporting.hpp"
#include "app/sms_out.hpp"
#include "base/text.hpp"
#include "carriers/email/inspect.hpp"
#include "config/procedure_file.hpp"
#include "json/value.hpp"
#include "wire/sms/text.hpp"

namespace hejnal::app {

namespace {

std::string procedure_text(const core::Procedure& p) {
  std::string out = fmt::format("{}\n", p.title);
  for (const core::ServiceClass& c : p.classes) {
    out += fmt::format("\n{}\n\n", c.title);
    for (const core::Step& step : c.steps)
      out += fmt::format("  {}: {}\n    {}\n", step.wait_text, step.means_text, step.note);
    out += fmt::format("  {}: {}\n    {}\n", c.phone.wait_text, c.phone.means_text, c.phone.note);
  }
  return out + fmt::format("\n{}\n\n  {}\n", p.prolonged_title, p.prolonged_text);
}

json::Value procedure_json(const core::Procedure& p) {
  json::Array classes;
  for (const core::ServiceClass& c : p.classes) {
    json::Array steps;
    for (const core::Step& step : c.steps) {
      json::Array means;
      for (const core::Channel m : step.means) means.push_back(json::Value(to_string(m)));
      steps.push_back(json::Object{{"wait_s", step.wait.count() / 1000},
                                   {"wait_text", step.wait_text},
                                   {"means", std::move(means)},
                                   {"means_text", step.means_text},
                                   {"note", step.note}});
    }
    classes.push_back(json::Object{
        {"id", c.id},
        {"title", c.title},
        {"failure", c.failure},
        {"steps", std::move(steps)},
        {"phone",
         {{"wait_text", c.phone.wait_text}, {"means_text", c.phone.means_text}, {"note", c.phone.note}}},
        {"promises",
         {{"receipt", c.promise.receipt},
          {"acknowledge_on_read", c.promise.acknowledge_on_read},
          {"start_of_work_after_s", c.promise.start_of_work_after.count() / 1000},
          {"react_within_s", c.promise.react_within.count() / 1000},
          {"answer_within_s", c.promise.answer_within.count() / 1000}}}});
  }
  json::Array columns;
  for (const std::string& column : p.columns) columns.push_back(json::Value(column));
  return json::Object{{"language", p.language},
                      {"version", p.version},
                      {"title", p.title},
                      {"columns", std::move(columns)},
                      {"classes", std::move(classes)},
                      {"prolonged", {{"title", p.prolonged_title}, {"text", p.prolonged_text}}}};
}

}  // namespace

int check_settings(const std::string& path) {
  const auto settings = load_settings(path);
  if (!settings) {
    std::fprintf(stderr, "%s\n", settings.error().what.c_str());
    return EX_CONFIG;
  }
  for (const std::string& warning : settings->warnings) std::fprintf(stderr, "%s\n", warning.c_str());
  std::error_code ignored;
  const std::filesystem::path folder = std::filesystem::path(settings->store_path).parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder, ignored)) {
    std::fprintf(stderr, "%s: store.url: there is no folder %s\n", path.c_str(), folder.c_str());
    return EX_CONFIG;
  }
  std::vector<std::string> secrets = {settings->smtp_password_file};
  for (const config::ImapMailbox& mailbox : settings->imap) secrets.push_back(mailbox.password_file);
  for (const std::string& secret : secrets) {
    if (secret.empty()) continue;
    if (const auto text = read_file(secret, 10'000); !text) {
      std::fprintf(stderr, "%s: password_file: %s\n", path.c_str(), text.error().what.c_str());
      return EX_CONFIG;
    }
  }
  {
    OffsetClock clock;
    if (const auto sms = make_sms(*settings, clock, {}); !sms) {
      std::fprintf(stderr, "%s: sms.gateway: %s\n", path.c_str(), sms.error().what.c_str());
      return EX_CONFIG;
    }
  }
  if (const auto providers = reporter_settings(*settings); !providers) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(), providers.error().what.c_str());
    return EX_CONFIG;
  }
  if (const auto monitors = make_monitors(*settings); !monitors) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(), monitors.error().what.c_str());
    return EX_CONFIG;
  }
  if (const auto heartbeats = make_heartbeats(*settings); !heartbeats) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(), heartbeats.error().what.c_str());
    return EX_CONFIG;
  }
  const auto procedure = load_procedure(*settings);
  const Status good = procedure ? Status() : tl::make_unexpected(procedure.error());
  const Status words = !good ? good : [&]() -> Status {
    HEJNAL_TRY(const reporter::Settings providers, reporter_settings(*settings));
    HEJNAL_TRY_VOID(check_classes(*settings, procedure->procedure, providers));
    HEJNAL_TRY_VOID(load_templates(*settings, procedure->procedure));
    return {};
  }();
  if (!words) {
    std::fprintf(stderr, "%s\n", words.error().what.c_str());
    return EX_CONFIG;
  }
  return EX_OK;
}

int show_procedure(const std::string& language, const std::string& format, const std::string& config) {
  Result<core::Procedure> procedure = config::builtin_procedure(language);
  std::string name, address, sms_number;
  if (!config.empty()) {
    const auto settings = load_settings(config);
    if (!settings) {
      std::fprintf(stderr, "%s\n", settings.error().what.c_str());
      return EX_CONFIG;
    }
    auto loaded = load_procedure(*settings);
    if (!loaded) {
      std::fprintf(stderr, "%s\n", loaded.error().what.c_str());
      return EX_CONFIG;
    }
    procedure = std::move(loaded->procedure);
    name = settings->name;
    address = settings->address;
    sms_number = settings->sms_number;
  }
  if (!procedure) return complain(procedure.error());
  if (format == "html") {
    fmt::print("{}", api::procedure_html(*procedure, name, address, sms_number));
  } else if (format == "json") {
    fmt::print("{}\n", json::dump(procedure_json(*procedure)));
  } else {
    fmt::print("{}", procedure_text(*procedure));
  }
  return EX_OK;
}

int show_sms(const std::string& given, const std::string& transliterate, bool as_json) {
  std::string text = given;
  if (given == "-") {
    text.clear();
    for (int c; text.size() < 100'000 && (c = std::getchar()) != EOF;) text += static_cast<char>(c);
    if (text.ends_with('\n')) text.pop_back();
  }
  text = sanitize_utf8(text);
  const auto when = transliterate == "always"  ? wire::Transliterate::always
                    : transliterate == "never" ? wire::Transliterate::never
                                               : wire::Transliterate::when_cheaper;
  const std::string leaves = wire::sms_text(text, when);
  const wire::SmsSize as_it_is = wire::sms_size(text), size = wire::sms_size(leaves);
  const std::vector<std::string> parts = wire::sms_parts(leaves);
  const auto alphabet = [](const wire::SmsSize& s) { return s.gsm7 ? "GSM 7-bit" : "UCS-2"; };
  if (as_json) {
    json::Array list;
    for (const std::string& part : parts) list.push_back(json::Value(part));
    fmt::print("{}\n", json::dump(json::Object{{"text", leaves},
                                               {"transliterated", leaves != text},
                                               {"alphabet", alphabet(size)},
                                               {"units", size.units},
                                               {"segments", size.segments},
                                               {"segments_as_written", as_it_is.segments},
                                               {"parts", std::move(list)}}));
    return EX_OK;
  }
  fmt::print("as written  {}, {} of {}, {} SMS\n", alphabet(as_it_is), as_it_is.units,
             as_it_is.gsm7 ? "160/153" : "70/67", as_it_is.segments);
  fmt::print("as it goes  {}, {} of {}, {} SMS{}\n", alphabet(size), size.units,
             size.gsm7 ? "160/153" : "70/67", size.segments,
             leaves != text ? ", letters written plainly" : "");
  for (std::size_t i = 0; i < parts.size(); ++i)
    fmt::print("{:>10}  {}\n", fmt::format("{}/{}", i + 1, parts.size()), parts[i]);
  return EX_OK;
}

int inspect(const std::vector<std::string>& files) {
  int code = EX_OK;
  for (const std::string& file : files) {
    const auto raw = read_file(file, std::size_t{1} << 30);
    if (!raw) {
      code = complain(raw.error());
      continue;
    }
    fmt::print("{}\n", carriers::inspect_line(file, *raw));
  }
  return code;
}

}  // namespace hejnal::app
