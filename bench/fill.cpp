// fill FILE CASES [DUE_EPOCH_MS [PER_S]]: a database with that many open cases, whose alarms lie in the day
// that begins in half an hour, or all at the given moment, or from there on PER_S a second (neighbours in
// time are none in the file). Made by the real core and store, 2,000 cases a transaction.
#include <cstdio>
#include <cstdlib>

#include "config/procedure_file.hpp"
#include "core/decide.hpp"
#include "store/sqlite/store.hpp"

using namespace hejnal;

int main(int argc, char** argv) {
  if (argc < 3) return 64;
  const long cases = std::atol(argv[2]);
  const std::int64_t now_ms =
      std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()).count();
  const std::int64_t due_ms = argc > 3 ? std::atoll(argv[3]) : 0;
  const std::int64_t per_s = argc > 4 ? std::atoll(argv[4]) : 0;
  auto opened = store::sqlite::open_store(argv[1]);
  const auto procedure = config::builtin_procedure("pl");
  const auto text = config::builtin_procedure_text("pl");
  if (!opened || !procedure || !text) return 70;
  ports::Store& store = **opened;
  core::Facts facts;
  facts.on_call = {{"Dyżur", "dyzur@wsparcie.example", "+48600000001"}};
  for (long i = 1; i <= cases; ++i) {
    if (i % 2000 == 1 && !store.begin()) return 74;
    if (i == 1 && !store.keep_procedure(procedure->version, *text)) return 74;
    // The first alarm of an email comes an hour after it.
    Instant at{now_ms - 1'800'000 + i * 7919 % 86'400'000};
    if (due_ms != 0) at.ms = due_ms - 3'600'000 + (per_s > 0 ? i * 7919 % cases * 1000 / per_s : 0);
    facts.number = i;
    facts.short_code = std::to_string(i) + "X";
    facts.token = "token" + std::to_string(i);
    core::EmailReceived email;
    email.message = i;
    email.from = {"Klient " + std::to_string(i), "klient" + std::to_string(i) + "@firma.example", {}, {}};
    email.subject = "Sprawa numer " + std::to_string(i) + " nie działa drukarka";
    email.sent_at = at;
    email.no_receipt_why = "made for a measurement";
    const auto decision = core::decide(*procedure, facts, core::Case{}, email, at);
    if (!decision) return 70;
    core::Case c;
    for (const core::Entry& entry : decision->entries) core::apply(c, entry);
    ports::Message message;
    message.number = i;
    message.from = email.from.email;
    message.subject = email.subject;
    message.text = "Drukarka w księgowości nie działa od rana, numer " + std::to_string(i);
    message.at = at;
    message.state = "opened";
    message.message_id = "<" + std::to_string(i) + "@fill.example>";
    if (!store.add_message(message, {}) || !store.write_turn(c, at, decision->entries)) return 74;
    if (i % 2000 == 0 || i == cases) {
      if (!store.index_some(2000) || !store.commit()) return 74;
    }
  }
  store.tidy();
  std::printf("{\"cases\": %ld}\n", cases);
  return 0;
}
