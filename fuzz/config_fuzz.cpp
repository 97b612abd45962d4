// Any bytes as a settings file and as a procedure file: no crash, and a complaint with a place or something
// that can be executed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/procedure_file.hpp"
#include "config/settings.hpp"
#include "core/decide.hpp"

namespace {

using namespace hejnal;

// A procedure that was accepted can be executed: a case opens, everything rings for a while, and each alarm
// lies after the one before.
void execute(const core::Procedure& procedure) {
  core::Facts facts;
  facts.number = 1;
  facts.on_call = {{"Piotr", "p@w", "+48600000001"}};
  core::SmsReceived sms;
  sms.from.phone = "+48601222333";
  core::EmailReceived email;
  email.from.email = email.answer_to = email.automatic_to = "a@k";
  for (const core::Signal& opening : {core::Signal(sms), core::Signal(email)}) {
    core::Case c;
    Instant now{1'795'424'400'000};
    core::Signal signal = opening;
    for (int step = 0; step < 40; ++step) {
      const auto decision = core::decide(procedure, facts, c, signal, now);
      if (!decision) std::abort();
      for (const core::Entry& e : decision->entries) core::apply(c, e);
      const auto alarm = core::alarm(c);
      if (alarm.has_value() == (c.state == core::State::closed)) std::abort();
      if (!alarm) break;
      if (step > 0 && *alarm <= now) std::abort();
      now = std::max(now, *alarm);
      signal = core::AlarmRang{};
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto settings = config::read_settings(text, "f"); !settings) {
    if (settings.error().fault != Fault::malformed || !settings.error().what.starts_with("f:")) std::abort();
  }
  const auto procedure = config::read_procedure(text, "f");
  if (procedure) {
    execute(*procedure);
  } else if (procedure.error().fault != Fault::malformed || !procedure.error().what.starts_with("f:")) {
    std::abort();
  }
  return 0;
}
