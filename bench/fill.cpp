// fill FILE CASES [DUE_EPOCH_MS [PER_S]]: a database with that many open cases, whose alarms lie in the day
// that begins in half an hour, or all at the given moment, or from there on PER_S a second (neighbours in
// time are none in the file). Made by the real core and store, 2,000 cases a transaction.
//
// fill FILE CASES town: cases of the people of town.hpp, with their numbers, firms, tokens and short codes.
// Every third was opened within the last half of an hour, the others have been answered in the last days.
#include <cstdio>
#include <cstdlib>

#include "base/hash.hpp"
#include "config/procedure_file.hpp"
#include "core/decide.hpp"
#include "desk/desk.hpp"
#include "store/sqlite/store.hpp"
#include "town.hpp"

using namespace hejnal;

namespace {

class TownFiller {
 public:
  TownFiller(ports::Store& store, const core::Procedure& procedure, long cases, Instant now)
      : store_(store), procedure_(procedure), town_(cases), now_(now) {
    facts_.on_call = {{"Dyżur", "dyzur@wsparcie.example", "+48600000001"}};
  }

  Status begin() {
    HEJNAL_TRY_VOID(store_.set_setting(desk::kMessageKey, bench::kMessageKeyOfTown));
    // What somebody has to look through for every SMS without its email.
    for (int i = 0; i < 200; ++i) {
      ports::Message spam;
      spam.from = "oferta" + std::to_string(i) + "@spam.example";
      spam.subject = spam.base_subject = "Najlepsza oferta dla firmy";
      spam.text = "Kliknij i odbierz rabat na drukarki, serwery i kawę.";
      spam.at = now_ - 1h;
      spam.state = "set_aside";
      spam.message_id = "<" + std::to_string(i) + "@spam.example>";
      HEJNAL_TRY_VOID(store_.add_message(spam, {}));
    }
    return {};
  }

  Status add(long number) {
    const bench::Client client = town_.client(town_.person_of(number));
    const auto dice = static_cast<std::int64_t>(bench::mix(static_cast<std::uint64_t>(number), 10) >> 8);
    const bool fresh = number % 3 == 0;
    const Instant at = now_ - (fresh ? Duration(dice % 1'800'000) : 2h + Duration(dice % (5 * 86'400'000)));
    facts_.number = number;
    facts_.short_code = codes_.of(number);
    facts_.token = core::token_of(number, std::string(core::kTokenSecret, 'a'));
    ports::Message message;
    message.number = number;
    message.from = client.email;
    message.subject = message.base_subject = town_.subject(number);
    message.text = town_.text(number);
    message.at = at;
    message.state = "opened";
    message.message_id = "<" + std::to_string(number) + "@town.example>";
    core::EmailReceived email;
    HEJNAL_TRY(email.message, store_.add_message(message, {}));
    email.from = {client.name, client.email, {}, {}};
    email.answer_to = client.email;
    email.subject = message.subject;
    email.text = message.text;
    email.sent_at = at;
    email.no_receipt_why = "made for a measurement";
    HEJNAL_TRY_VOID(store_.learn_person({client.name, client.email, {}, {}}));
    HEJNAL_TRY_VOID(store_.add_participants(number, {client.email}));
    if (!client.phone.empty()) {
      if (client.learnt) {
        HEJNAL_TRY_VOID(store_.note_number(
            {0, client.phone, client.email, "signature", email.message, at, core::Standing::learnt, {}}));
      } else {
        HEJNAL_TRY_VOID(store_.learn_person({client.name, client.email, client.phone, {}}));
      }
    }
    core::Case c;
    HEJNAL_TRY_VOID(turn(c, email, at));
    if (fresh) return {};
    core::AgentActed answer;
    answer.action = core::Action::answer;
    answer.agent = "Jan";
    answer.text = "Już działa.";
    return turn(c, answer, at + 1h);
  }

 private:
  Status turn(core::Case& c, const core::Signal& signal, Instant at) {
    HEJNAL_TRY(const auto decision, core::decide(procedure_, facts_, c, signal, at));
    for (const core::Entry& entry : decision.entries) core::apply(c, entry);
    return store_.write_turn(c, at, decision.entries);
  }

  ports::Store& store_;
  const core::Procedure& procedure_;
  bench::Town town_;
  Instant now_;
  core::Facts facts_;
  core::ShortCodes codes_{keyed_hash(bench::kMessageKeyOfTown, "short codes")};
};

int fill_town(ports::Store& store, const core::Procedure& procedure, const std::string& text, long cases,
              Instant now) {
  TownFiller town(store, procedure, cases, now);
  for (long i = 1; i <= cases; ++i) {
    if (i % 2000 == 1 && !store.begin()) return 74;
    if (i == 1 && (!store.keep_procedure(procedure.version, text) || !town.begin())) return 74;
    if (const Status done = town.add(i); !done) {
      std::fprintf(stderr, "case %ld: %s\n", i, done.error().what.c_str());
      return 74;
    }
    if (i % 2000 == 0 || i == cases) {
      if (!store.index_some(4000) || !store.commit()) return 74;
    }
  }
  store.tidy();
  std::printf("{\"cases\": %ld}\n", cases);
  return 0;
}

}  // namespace

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
  if (argc == 4 && std::string(argv[3]) == "town")
    return fill_town(store, *procedure, *text, cases, Instant{now_ms});
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
