// Bytes as a history: each few of them are a signal, or time that passes. Whatever happens in whatever order,
// an open case has an alarm and something due next, a ring leads into the future, and the journal can be read
// back.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/procedure_file.hpp"
#include "core/decide.hpp"
#include "json/entry.hpp"

namespace {

using namespace hejnal;
using namespace hejnal::core;

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  bool empty() const { return size_ == 0; }
  unsigned next() {
    if (size_ == 0) return 0;
    --size_;
    return *data_++;
  }
  template <class E>
  E any() {
    return static_cast<E>(next() % Names<E>::list.size());
  }
  bool coin() { return (next() & 1) != 0; }
  std::string word() {
    static constexpr const char* kWords[] = {
        "", "a@k.example", "+48601222333", "routine", "critical", "\xFF", "ż", "x"};
    return kWords[next() % 8];
  }
  Party party() {
    Party p;
    p.name = word();
    p.email = coin() ? "a@k.example" : "";
    p.phone = coin() ? "+48601222333" : "";
    return p;
  }
  // Milliseconds to 400 days, finely and coarsely.
  Duration duration() {
    const std::int64_t n = next();
    static constexpr std::int64_t kUnits[] = {1, 1000, 60'000, 600'000, 3'600'000, 86'400'000, 0, 7};
    return Duration(n * kUnits[next() % 8]);
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
};

Signal any_signal(Bytes& in, const Case& c, Instant now, MessageId message) {
  const Relation relation = !c.exists() ? Relation::opens : static_cast<Relation>(1 + in.next() % 3);
  switch (in.next() % 9) {
    case 8: {
      AlertCame s;
      s.message = in.coin() ? message : 0;
      s.monitor = in.coin() ? "prometheus" : "zabbix";
      s.key = in.coin() ? "a" : "b";
      s.firing = !c.exists() || in.coin();
      s.subject = in.word();
      s.text = in.word();
      s.severity = in.word();
      s.hint.class_name = in.word();
      if (in.coin()) s.settle_after = in.duration();
      return s;
    }
    case 0: {
      EmailReceived s;
      s.message = message;
      s.from = in.party();
      s.answer_to = in.word();
      s.automatic_to = in.word();
      s.subject = in.word();
      s.sent_at = now - in.duration();
      if (in.next() % 4 == 0) s.came_at = now - in.duration();
      if (in.next() % 8 == 0) s.set_aside_why = "spam";
      s.automatic = in.next() % 8 == 0;
      s.no_receipt_why = in.next() % 8 == 0 ? "so" : "";
      s.relation = relation;
      s.hint.class_name = in.next() % 4 == 0 ? in.word() : "";
      return s;
    }
    case 1: {
      SmsReceived s;
      s.message = message;
      s.from = in.party();
      s.relation = relation;
      s.contact_word = relation != Relation::opens && in.next() % 8 == 0;
      return s;
    }
    case 2: {
      CallReceived s;
      s.message = message;
      s.from = in.party();
      s.answered = in.coin();
      s.relation = relation;
      return s;
    }
    case 3: {
      Reported s;
      s.message = message;
      s.from = in.party();
      s.channel = in.any<Channel>();
      s.relation = relation;
      s.resolved = relation != Relation::opens && in.next() % 4 == 0;
      return s;
    }
    case 4: {
      NoticeFate s;
      s.notice = static_cast<int>(in.next()) - 10;
      s.kind = in.any<NoticeKind>();
      s.channel = in.any<Channel>();
      s.state = in.any<NoticeState>();
      s.text = in.word();
      return s;
    }
    case 5:
      return AlarmRang{};
    case 6:
      return MailOffered{{message, in.word(), in.word()}, "so"};
    default: {
      AgentActed s;
      s.action = in.any<Action>();
      s.agent = "Ola";
      s.text = in.word();
      s.class_name = in.word();
      s.other = static_cast<CaseNumber>(in.next());
      if (in.next() % 4 == 0) s.delay = in.duration();
      if (in.next() % 4 == 0) s.channels = {in.any<Channel>()};
      return s;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Procedure procedure = config::builtin_procedure("pl").value();
  Bytes in(data, size);
  Facts facts;
  facts.number = 1;
  facts.token = "token";
  facts.sms_available = in.next() % 4 != 0;
  if (in.next() % 4 != 0) facts.on_call = {{"Piotr", "p@w", "+48600000001"}, {"Ewa", "", "+48600000002"}};
  Case c, replayed;
  Instant now{1'795'424'400'000};
  MessageId message = 0;
  for (int step = 0; step < 80 && !in.empty(); ++step) {
    now = now + in.duration();
    const Signal signal = any_signal(in, c, now, ++message);
    if (!c.exists() &&
        (std::holds_alternative<AgentActed>(signal) || std::holds_alternative<NoticeFate>(signal) ||
         std::holds_alternative<AlarmRang>(signal) || std::holds_alternative<MailOffered>(signal)))
      continue;
    facts.failure_open = in.coin();
    facts.automatic_budget = in.next() % 8 == 0 ? "enough" : "";
    facts.sms_stopped.clear();
    if (in.next() % 4 == 0) facts.sms_stopped = {c.client.phone};
    facts.sms_over_budget.clear();
    if (in.next() % 8 == 0) facts.sms_over_budget = {c.client.phone};
    facts.known_phone = in.next() % 4 == 0 ? "+48602333444" : "";
    facts.other.reset();
    if (in.coin()) {
      facts.other = Facts::Other{};
      facts.other->number = 2;
      if (in.coin()) facts.other->react_due = now + in.duration() - in.duration();
      if (in.coin()) facts.other->answer_due = now + in.duration() - in.duration();
      facts.other->email_missing = in.coin();
      if (in.coin()) facts.other->email_came_at = now - in.duration();
      facts.other->client = in.party();
      if (in.next() % 4 == 0) facts.other->alerts = {{"prometheus", "c", in.coin(), false, 0, "", "", "", 0}};
    }
    const auto decision = decide(procedure, facts, c, signal, now);
    if (!decision) {
      if (!std::holds_alternative<AgentActed>(signal)) std::abort();
      continue;
    }
    for (const Entry& e : decision->entries) {
      if (!fits(c, e)) std::abort();
      apply(c, e);
    }
    const auto alarm = core::alarm(c);
    if (alarm.has_value() == (c.state == State::closed)) std::abort();
    if (next(c).has_value() == (c.state == State::closed)) std::abort();
    if (std::holds_alternative<AlarmRang>(signal) && alarm && *alarm <= now) std::abort();
    const auto entries = json::decode_entries(json::encode_entries(decision->entries), now);
    if (!entries || entries->size() != decision->entries.size()) std::abort();
    for (const Entry& e : *entries) apply(replayed, e);
    for (const Notice& n : decision->notices) {
      if (n.to.empty() || !json::decode_notice(json::encode_notice(n))) std::abort();
    }
    if (replayed.state != c.state || core::alarm(replayed) != alarm) std::abort();
  }
  return 0;
}
