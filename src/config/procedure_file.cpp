#include "config/procedure_file.hpp"

#include <fmt/format.h>

#include <span>

#include "base/embedded.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "config/toml_reader.hpp"

namespace hejnal {
std::span<const EmbeddedFile> embedded_procedures();
}

namespace hejnal::config {

namespace {

using core::Channel;

std::vector<Channel> read_channels(TomlTable& table, std::string_view key) {
  std::vector<Channel> out;
  for (const std::string& name : table.texts(key, true)) {
    const auto channel = core::parse<Channel>(name);
    if (channel && *channel <= Channel::sms) {
      out.push_back(*channel);
    } else {
      table.mistake(key, fmt::format("expected \"email\" or \"sms\", found \"{}\"", name));
    }
  }
  if (out.empty()) table.mistake(key, "expected at least one of \"email\" and \"sms\"");
  return out;
}

core::Step read_step(TomlTable table) {
  core::Step step;
  step.wait = table.duration("wait", 0ms, true);
  step.wait_text = table.text("wait_text", {}, true);
  step.means = read_channels(table, "means");
  step.means_text = table.text("means_text", {}, true);
  step.note = table.text("note", {}, true);
  return step;
}

core::Promises read_promises(TomlTable table) {
  core::Promises p;
  p.receipt = table.boolean("receipt", true);
  p.acknowledge_on_read = table.boolean("acknowledge_on_read", false);
  p.start_of_work_after = table.duration("start_of_work_after", 5min);
  p.react_within = table.duration("react_within", 24h, true);
  p.answer_within = table.duration("answer_within", 24h, true);
  p.grace = table.duration("grace", 5min);
  if (p.react_within <= 0ms) table.mistake("react_within", "expected more than nothing");
  if (p.answer_within <= 0ms) table.mistake("answer_within", "expected more than nothing");
  return p;
}

core::Alerting read_alerting(TomlTable table) {
  core::Alerting a;
  a.at_once = table.boolean("at_once", false);
  a.fractions = table.numbers("fractions");
  double last = 0;
  for (const double f : a.fractions) {
    if (!(f > last && f < 1))  // "nan" is neither
      table.mistake("fractions", fmt::format("expected rising numbers between 0 and 1, found {}", f));
    last = f;
  }
  a.repeat = table.duration("repeat", 0ms);
  a.repeat_count = static_cast<int>(table.integer("repeat_count", 12, 0, 10'000));
  a.repeat_slow = table.duration("repeat_slow", 15min);
  a.remind = table.duration("remind", 24h);
  // A repetition of nothing would ring without end.
  if (a.remind < 1min) table.mistake("remind", "expected at least \"1m\"");
  if (a.repeat > 0ms && a.repeat < 1min)
    table.mistake("repeat", "expected \"0s\" (not repeated) or at least \"1m\"");
  if (a.repeat > 0ms && a.repeat_slow < 1min) table.mistake("repeat_slow", "expected at least \"1m\"");
  a.channels = read_channels(table, "channels");
  return a;
}

core::ServiceClass read_class(TomlTable table) {
  core::ServiceClass c;
  c.id = table.text("id", {}, true);
  if (c.id.empty() && table.has("id")) table.mistake("id", "expected a word by which the class is known");
  c.title = table.text("title", {}, true);
  c.short_name = table.text("short", c.id);
  c.situation = table.text("situation");
  c.examples = table.text("examples");
  c.failure = table.boolean("failure", false);
  for (const std::string& address : table.texts("addresses")) c.addresses.push_back(to_lower_ascii(address));
  for (const std::string& tag : table.texts("tags")) c.tags.push_back(fold(tag));
  for (TomlTable& step : table.tables("step", true)) c.steps.push_back(read_step(step));
  for (std::size_t i = 1; i < c.steps.size(); ++i) {
    if (c.steps[i].wait <= c.steps[i - 1].wait)
      table.mistake("step", "expected each step's wait to be longer than the one before");
  }
  if (auto phone = table.table("phone")) {
    c.phone = {phone->text("wait_text", "-"), phone->text("means_text"), phone->text("note")};
  }
  if (auto promise = table.table("promise", true)) c.promise = read_promises(*promise);
  if (auto alert = table.table("alert", true)) c.alert = read_alerting(*alert);
  return c;
}

std::string join(const std::vector<std::string>& lines) { return fmt::format("{}", fmt::join(lines, "\n")); }

}  // namespace

Result<core::Procedure> read_procedure(std::string_view text, const std::string& name) {
  TomlFile file(text, name);
  if (!file.mistakes().empty()) return fail(Fault::malformed, "{}", join(file.mistakes()));
  TomlTable root = file.root();
  core::Procedure p;
  p.version = sha256_hex(text).substr(0, 12);
  p.language = root.text("language", "pl", true);
  if (p.language != "pl" && p.language != "en")
    root.mistake("language", fmt::format("expected \"pl\" or \"en\", found \"{}\"", p.language));
  p.title = root.text("title", {}, true);
  p.columns = root.texts("columns", true);
  if (p.columns.size() != 3) root.mistake("columns", "expected three headings: waiting time, means, remarks");
  if (auto rules = root.table("rules")) {
    p.rules.settle_after = rules->duration("settle_after", 168h);
    p.rules.close_after = rules->duration("close_after", 168h);
    p.rules.sms_critical_within = rules->duration("sms_critical_within", 15min);
    p.rules.sms_urgent_within = rules->duration("sms_urgent_within", 6h);
    p.rules.email_missing_after = rules->duration("email_missing_after", 2min);
  } else {
    p.rules = {168h, 168h, 15min, 6h, 2min};
  }
  for (TomlTable& table : root.tables("class", true)) {
    core::ServiceClass c = read_class(table);
    if (p.find(c.id)) table.mistake("id", fmt::format("there is a second class \"{}\"", c.id));
    p.classes.push_back(std::move(c));
  }
  if (p.classes.empty())
    root.mistake("class", "expected at least one [[class]], from the calmest to the most urgent");
  if (auto prolonged = root.table("prolonged")) {
    p.prolonged_title = prolonged->text("title");
    p.prolonged_text = prolonged->text("text");
  }
  file.report_unknown_keys();
  if (!file.mistakes().empty()) return fail(Fault::malformed, "{}", join(file.mistakes()));
  return p;
}

Result<std::string> builtin_procedure_text(std::string_view language) {
  for (const EmbeddedFile& file : embedded_procedures()) {
    if (file.name == fmt::format("{}.toml", language)) return std::string(file.bytes);
  }
  return fail(Fault::not_found, "there is no built-in procedure in the language \"{}\"; expected pl or en",
              language);
}

Result<core::Procedure> builtin_procedure(std::string_view language) {
  HEJNAL_TRY(const std::string text, builtin_procedure_text(language));
  return read_procedure(text, fmt::format("{}.toml", language));
}

}  // namespace hejnal::config
