#include "reporter/reporter.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/compress.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "core/case_names.hpp"
#include "core/matching.hpp"
#include "reporter/words.hpp"

namespace hejnal::reporter {

namespace {

using core::ReportId;
using core::SentReport;

constexpr int kDraft = -1;  // the row of what was reported, as it was typed
constexpr int kOpenMax = 1000;
constexpr Duration kAtOnce = 2min;  // no person answers as fast as that
constexpr Duration kStormWindow = 1h;
constexpr std::string_view kCodeAlphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kCodeLength = 6;

// Does it look like a reference of a report?
bool is_ours(std::string_view code) {
  return code.size() == kCodeLength && code.find_first_not_of(kCodeAlphabet) == std::string_view::npos;
}

// A subject without the code that we have put into it.
std::string bare(std::string_view subject) {
  std::string out(subject);
  const auto begin = out.find("[#");
  const auto end = begin == std::string::npos ? begin : out.find(']', begin);
  if (end != std::string::npos) out.erase(begin, end - begin + 1);
  return collapse_space(fold(out));
}

// One of ours, or of another reporter; ticket systems write numbers.
bool is_report_code(std::string_view code) {
  return is_ours(code) && code.find_first_not_of("0123456789") != std::string_view::npos;
}

// What was reported, as it was typed last; empty: it is not there.
std::string draft_of(const std::vector<ports::ReportMessage>& messages) {
  const auto draft =
      std::find_if(messages.rbegin(), messages.rend(), [](const auto& m) { return m.n == kDraft; });
  return draft == messages.rend() ? std::string() : draft->text;
}

Result<std::string> bytes_of(const ports::IncomingMail& mail) {
  std::string out;
  for (const ports::RawPiece& piece : mail.raw) {
    HEJNAL_TRY(const std::string bytes, decompress(piece.frame));
    out += bytes;
  }
  return out;
}

}  // namespace

const Provider* Reporter::find(const std::string& name) const {
  for (const Provider& p : settings_.providers) {
    if (p.name == name) return &p;
  }
  return nullptr;
}

std::string Reporter::random_letters(std::string_view alphabet, std::size_t length) {
  std::string out;
  for (std::size_t i = 0; i < length; ++i) out += alphabet[parts_.random.next() % alphabet.size()];
  return out;
}

Result<core::Procedure> Reporter::procedure_of(const SentReport& r) const {
  const Provider* provider = find(r.provider);
  if (provider != nullptr && (r.procedure.empty() || provider->procedure.version == r.procedure))
    return provider->procedure;
  HEJNAL_TRY(const std::string text, parts_.store.procedure_text(r.procedure));
  if (!text.empty()) {
    if (auto old = parts_.read_procedure(text)) return old;
  }
  if (provider != nullptr) return provider->procedure;
  return fail(Fault::corrupt, "the procedure of report {} is not there any more", r.id);
}

Result<SentReport> Reporter::file(const NewReport& report, Instant now) {
  if (settings_.providers.empty())
    return fail(Fault::malformed,
                "no provider is configured: the settings need a [[provider]] (docs/reporter.md)");
  const Provider* provider = report.provider.empty() ? &settings_.providers.front() : find(report.provider);
  if (provider == nullptr) {
    std::string known;
    for (const Provider& p : settings_.providers) known += (known.empty() ? "" : ", ") + p.name;
    return fail(Fault::malformed, "there is no provider \"{}\"; the settings have {}", report.provider,
                known);
  }
  core::sent::File file;
  file.subject = truncate_utf8(one_line(report.subject), 300);
  if (is_blank(file.subject)) return fail(Fault::malformed, "a report needs a subject");
  if (is_blank(report.text) && report.files.empty())
    return fail(Fault::malformed, "the report is empty: say what is expected, or what the problem is");
  HEJNAL_TRY(const ReportId last, parts_.store.reports().records().last_id());
  file.id = last + 1;
  file.provider = provider->name;
  file.class_name = report.class_name.empty() ? provider->procedure.calmest().id : report.class_name;
  file.language = provider->language;
  file.code = random_letters(kCodeAlphabet, kCodeLength);
  file.secret = random_letters(core::kTokenAlphabet, 16);
  file.key = report.key;
  file.alert = report.alert;
  file.from = provider->from;
  file.to_email = provider->email;
  for (const auto& [class_name, address] : provider->addresses) {
    if (class_name == file.class_name) file.to_email = address;
  }
  file.to_sms = provider->sms_number;
  file.by = report.by;
  file.why = report.why;
  HEJNAL_TRY(const Room room, room_in_a_storm(*provider, file.class_name, !file.key.empty(), 0, now));
  file.hold_until = room.from;
  file.first_held = room.first;
  HEJNAL_TRY(file.peer, is_a_peer(provider->name));
  HEJNAL_TRY_VOID(parts_.store.keep_procedure(provider->procedure.version, provider->procedure_text));
  const std::string text = sanitize_utf8(report.text);
  HEJNAL_TRY_VOID(parts_.store.reports().add_message(
      {0, file.id, kDraft, core::Channel::api, report.by, {}, file.subject, text, {}, now, sha256_hex(text)},
      {}));
  HEJNAL_TRY_VOID(parts_.store.reports().add_files(file.id, report.files));
  return turn(SentReport{}, file, now);
}

Result<std::optional<SentReport>> Reporter::readable(ReportId id) {
  auto r = parts_.store.reports().records().load(id);
  if (!r && r.error().fault == Fault::corrupt) return std::nullopt;
  if (!r) return tl::make_unexpected(r.error());
  return std::move(*r);
}

// Whether the provider's hejnal has spoken to us lately. It answers each email at once; a reply by SMS says
// nothing of that, and one email may have gone without an answer: the two latest reports that have one tell.
Result<bool> Reporter::is_a_peer(const std::string& provider) {
  constexpr int kLookedAt = 50, kTelling = 2;
  HEJNAL_TRY(const auto ids, parts_.store.reports().records().ids(false, kLookedAt, ports::Archive::kNewest));
  int telling = 0;
  for (const ReportId id : ids) {
    HEJNAL_TRY(const auto other, readable(id));
    if (!other || other->provider != provider) continue;
    bool by_email = false;
    for (const SentReport::Reply& reply : other->replies) {
      if (!reply.notice.empty()) return true;
      by_email = by_email || reply.channel == core::Channel::email;
    }
    if (by_email && ++telling == kTelling) return false;
  }
  return false;
}

// So many of one class within an hour, those of alerts and those of people apart: a storm of alerts holds up
// no person, nor what is grave. Each waits for the place of the one that is so many before it. What has
// become graver takes a place in its new class, since then.
Result<Reporter::Room> Reporter::room_in_a_storm(const Provider& provider, const std::string& class_name,
                                                 bool of_alert, ReportId itself, Instant now) {
  if (provider.storm <= 0) return Room{};
  constexpr int kBatch = 50, kLookedAtMax = 2000;
  const std::size_t could_rise = of_alert ? 50 : 0;  // so many older ones may have become graver just now
  const auto most = static_cast<std::size_t>(provider.storm);
  std::vector<Instant> begins;  // within the hour, or later
  bool any_held = false, more = true;
  int looked_at = 0;
  std::size_t older = 0;
  for (ReportId before = ports::Archive::kNewest; more && looked_at < kLookedAtMax;) {
    HEJNAL_TRY(const auto ids, parts_.store.reports().records().ids(false, kBatch, before));
    more = !ids.empty();
    for (const ReportId id : ids) {
      before = id;
      ++looked_at;
      HEJNAL_TRY(const auto other, readable(id));
      if (!other || id == itself || other->provider != provider.name || other->class_name != class_name ||
          other->key.empty() == of_alert)
        continue;
      const auto at = other->held ? other->next_at : other->raised_at ? other->raised_at : other->began_at;
      if (!at) continue;  // over before it began
      any_held = any_held || other->held;
      if (*at + kStormWindow > now) begins.push_back(*at);
      if (*at + kStormWindow <= now && ++older > could_rise) more = false;
      if (begins.size() >= most + could_rise) more = false;
      if (!more) break;
    }
  }
  if (begins.size() < most) return Room{};
  std::sort(begins.begin(), begins.end(), std::greater<>());
  return Room{begins[most - 1] + kStormWindow, !any_held};
}

Result<SentReport> Reporter::turn(SentReport r, const core::sent::Signal& signal, Instant now,
                                  core::sent::Decision* decided) {
  const auto* begins = std::get_if<core::sent::File>(&signal);
  const Provider* provider = find(begins ? begins->provider : r.provider);
  SentReport named;  // of one that does not exist yet
  if (begins) named.provider = begins->provider;
  HEJNAL_TRY(const core::Procedure procedure, procedure_of(begins ? named : r));
  core::sent::Facts facts;
  facts.procedure = &procedure;
  facts.sms_available = settings_.sms_available;
  facts.repeats_by = settings_.repeats_by;
  facts.tell = provider ? provider->tell : settings_.tell;
  if (provider) {
    facts.receipt_stops = provider->receipt_stops;
    facts.callback_after = provider->callback_after;
  }
  HEJNAL_TRY(const core::sent::Decision decision, core::decide(facts, r, signal, now));
  if (decided) *decided = decision;
  if (decision.entries.empty()) return r;
  const std::size_t before = r.sendings.size();
  for (const core::sent::Entry& entry : decision.entries) core::apply(r, entry);
  HEJNAL_TRY_VOID(parts_.store.reports().records().write(r, now, decision.entries));
  for (std::size_t i = before; i < r.sendings.size(); ++i)
    HEJNAL_TRY_VOID(write_down(r, static_cast<int>(i + 1), procedure, now));
  if (parts_.changed) parts_.changed(r.id);
  return r;
}

// Writes what will be sent, once: whatever is sent again is the same, byte for byte.
Status Reporter::write_down(const SentReport& r, int n, const core::Procedure& procedure, Instant now) {
  const SentReport::Sending& sending = *r.sending(n);
  const Provider* provider = find(r.provider);
  HEJNAL_TRY(const auto messages, parts_.store.reports().messages(r.id));
  const std::string text = draft_of(messages);
  const ports::Words words = reporter::words(
      {r, procedure.at(r.class_name), provider ? provider->title : r.provider, text, settings_.zone}, sending,
      now);
  ports::ReportMessage message{0,          r.id,          n,          sending.channel,    r.from.email,
                               sending.to, words.subject, words.text, sending.message_id, now,
                               {}};
  std::string bytes;
  if (sending.channel == core::Channel::email) {
    ports::ReportLetter mail;
    mail.from = r.from;
    mail.letter.message_id = sending.message_id;
    mail.letter.to = sending.to;
    mail.letter.subject = words.subject;
    mail.letter.text = words.text;
    mail.letter.at = now;
    const bool news = sending.kind == core::SendingKind::news;
    // An alert's report wants an answer, also a program's receipt: nothing that comes back is answered by us.
    mail.letter.automatic = news;
    if (!news) {
      for (const SentReport::Sending& other : r.sendings) {
        if (other.n < n && other.kind == core::SendingKind::report && mail.letter.in_reply_to.empty()) {
          mail.letter.in_reply_to = other.message_id;
          mail.letter.references = {other.message_id};
        }
      }
      mail.headers.emplace_back("Hejnal-Report",
                                fmt::format("{}; code={}; class={}; step={}", to_string(sending.kind), r.code,
                                            r.class_name, sending.step));
      if (sending.kind == core::SendingKind::report) {
        HEJNAL_TRY(mail.files, parts_.store.reports().files(r.id));
      }
    }
    bytes = parts_.composer.compose(mail);
  }
  message.sum = sha256_hex(bytes.empty() ? words.text : bytes);
  HEJNAL_TRY_VOID(parts_.store.reports().add_message(message, bytes));
  return {};
}

Result<SentReport> Reporter::act(ReportId id, const core::sent::Signal& signal, Instant now) {
  HEJNAL_TRY(SentReport r, parts_.store.reports().records().load(id));
  if (!r.exists()) return fail(Fault::not_found, "there is no report {}", id);
  return turn(std::move(r), signal, now);
}

Result<SentReport> Reporter::fires(const SentReport& r, core::sent::Fires alert,
                                   const std::string& whole_text, Instant now) {
  alert.to_email = r.to_email;
  if (const Provider* provider = find(r.provider)) {
    alert.to_email = provider->email;
    for (const auto& [class_name, address] : provider->addresses) {
      if (class_name == alert.class_name) alert.to_email = address;
    }
  }
  HEJNAL_TRY(const core::Procedure procedure, procedure_of(r));
  const core::ServiceClass* to = procedure.find(alert.class_name);
  if (to != nullptr && to > &procedure.at(r.class_name)) {  // what goes out with the new steps says it all
    const std::string text = sanitize_utf8(whole_text);
    HEJNAL_TRY_VOID(parts_.store.reports().add_message(
        {0, r.id, kDraft, core::Channel::api, alert.by, {}, r.subject, text, {}, now, sha256_hex(text)}, {}));
    if (const Provider* provider = find(r.provider)) {
      HEJNAL_TRY(const Room room, room_in_a_storm(*provider, to->id, true, r.id, now));
      alert.hold_until = room.from;
      alert.first_held = room.first;
    }
  }
  return turn(r, alert, now);
}

namespace {

// A damaged one must not keep the others from leaving.
bool told_if_damaged(ReportId id, const Error& error) {
  if (error.fault != Fault::corrupt) return false;
  fmt::print(stderr, "hejnal: report {}: {}\n", id, error.what);
  return true;
}

}  // namespace

Result<SentReport> Reporter::of_key(const std::string& key, Instant now) {
  HEJNAL_TRY(const ReportId id, parts_.store.reports().records().latest_of(key));
  if (id == 0) return SentReport{};
  Result<SentReport> r = parts_.store.reports().records().load(id);
  if (!r && told_if_damaged(id, r.error())) return SentReport{};  // its alert is told anew
  if (!r) return tl::make_unexpected(r.error());
  return r->open() || r->stays_withdrawn(now) ? std::move(*r) : SentReport{};
}

Result<bool> Reporter::is_graver(const SentReport& r, const std::string& class_name) const {
  HEJNAL_TRY(const core::Procedure procedure, procedure_of(r));
  const core::ServiceClass* to = procedure.find(class_name);
  return to != nullptr && to > &procedure.at(r.class_name);
}

Status Reporter::take_up(Instant now) {
  ReportId before = ports::Archive::kNewest;
  for (;;) {
    HEJNAL_TRY(const auto ids, parts_.store.reports().records().ids(false, kOpenMax, before));
    if (ids.empty()) return {};
    for (const ReportId id : ids) {
      auto r = parts_.store.reports().records().load(id);
      if (!r && told_if_damaged(id, r.error())) continue;
      if (!r) return tl::make_unexpected(r.error());
      if (!r->sends()) continue;
      HEJNAL_TRY_VOID(turn(std::move(*r), core::sent::Restarted{}, now));
    }
    before = ids.back();
  }
}

Result<std::vector<Leaving>> Reporter::ring(Instant now, int limit) {
  std::vector<Leaving> out;
  HEJNAL_TRY(const auto ids, parts_.store.reports().records().due(now, limit));
  for (const ReportId id : ids) {
    auto loaded = parts_.store.reports().records().load(id);
    if (!loaded && told_if_damaged(id, loaded.error())) {
      HEJNAL_TRY_VOID(parts_.store.reports().records().postpone_alarm(id, now + 1h));
      continue;
    }
    if (!loaded) return tl::make_unexpected(loaded.error());
    core::sent::Decision decided;
    HEJNAL_TRY(SentReport r, turn(std::move(*loaded), core::sent::AlarmRang{}, now, &decided));
    for (const int n : decided.asking) {
      auto one = leaving(r, n);
      if (!one) continue;  // it is asked again later
      one->outgoing.ask = true;
      one->outgoing.gateway_id = r.sending(n)->gateway_id;
      out.push_back(std::move(*one));
    }
    for (const int n : decided.leaving) {
      auto one = leaving(r, n);
      if (one) {
        out.push_back(std::move(*one));
      } else if (one.error().fault == Fault::not_found || told_if_damaged(id, one.error())) {
        core::sent::Sent lost;
        lost.n = n;
        lost.outcome = core::sent::Sent::Outcome::refused;
        lost.text = "what it says is damaged: " + one.error().what;
        HEJNAL_TRY(r, turn(std::move(r), lost, now));
      } else {
        return tl::make_unexpected(one.error());
      }
    }
  }
  return out;
}

Result<Leaving> Reporter::leaving(const SentReport& r, int n) {
  const SentReport::Sending& sending = *r.sending(n);
  HEJNAL_TRY(const auto messages, parts_.store.reports().messages(r.id));
  const auto message =
      std::find_if(messages.begin(), messages.end(), [&](const auto& m) { return m.n == n; });
  if (message == messages.end())
    return fail(Fault::corrupt, "what report {} says in sending {} is not there any more", r.id, n);
  Leaving out;
  out.report = r.id;
  out.n = n;
  out.sum = message->sum;
  ports::Outgoing& o = out.outgoing;
  o.message_id = sending.message_id;
  o.attempts = sending.attempts - 1;
  // Automatic, and not to ourselves: it counts against the budgets and the monthly caps, and goes once.
  o.notice.kind = core::NoticeKind::receipt;
  o.notice.channel = sending.channel;
  o.notice.to = sending.to;
  o.words = {message->subject, message->text};
  o.letter.at = sending.since;
  o.letter.message_id = sending.message_id;
  if (sending.channel == core::Channel::email) {
    HEJNAL_TRY(o.mail.bytes, parts_.store.reports().raw(message->id));
    // Who is told news is told by a program: nothing may come back.
    o.mail.envelope_from = sending.kind == core::SendingKind::news ? std::string() : r.from.email;
    o.mail.envelope_to = sending.to;
  } else {
    o.gateway = sending.gateway;
    if (const Provider* provider = find(r.provider)) o.only_by = provider->gateways;
  }
  return out;
}

Status Reporter::sent(ReportId id, int n, const std::string& sum, const ports::SendResult& result,
                      Instant now) {
  using Outcome = ports::SendResult::Outcome;
  core::sent::Sent signal;
  signal.n = n;
  signal.sum = sum;
  signal.text = truncate_utf8(one_line(result.text), 500);
  signal.gateway = result.gateway;
  signal.gateway_id = result.gateway_id;
  signal.can_be_asked = result.can_be_asked;
  switch (result.outcome) {
    case Outcome::handed_over:
      signal.outcome = core::sent::Sent::Outcome::taken;
      break;
    case Outcome::try_later:
    case Outcome::our_mistake:  // until somebody mends it; the way beside it is tried meanwhile
      signal.outcome = core::sent::Sent::Outcome::later;
      break;
    case Outcome::refused:
      signal.outcome = core::sent::Sent::Outcome::refused;
      break;
    case Outcome::uncertain:
      signal.outcome = core::sent::Sent::Outcome::uncertain;
      break;
  }
  HEJNAL_TRY_VOID(act(id, signal, now));
  return {};
}

namespace {

// "report.12.1.secret"; id 0: none.
core::ReportName named_by(const std::string& key) {
  const auto pieces = split(key, '.');
  if (pieces.size() != 4 || pieces[0] != "report") return {};
  return {std::atoll(std::string(pieces[1]).c_str()), std::atoi(std::string(pieces[2]).c_str())};
}

}  // namespace

Status Reporter::given_to(const std::string& key, const std::string& gateway, Instant now) {
  const core::ReportName name = named_by(key);
  HEJNAL_TRY_VOID(act(name.id, core::sent::GivenTo{name.n, gateway}, now));
  return {};
}

Status Reporter::heard_when_asked(ReportId id, int n, const ports::SendResult& result, Instant now) {
  HEJNAL_TRY_VOID(
      act(id, core::sent::Answered{n, result.arrived, result.lost, truncate_utf8(one_line(result.text), 500)},
          now));
  return {};
}

Result<bool> Reporter::heard_of_sms(const ports::SmsReport& report, Instant now) {
  const core::ReportName name = named_by(report.key);
  if (name.id == 0) return false;
  HEJNAL_TRY(const SentReport r, parts_.store.reports().records().load(name.id));
  const SentReport::Sending* sending = r.sending(name.n);
  if (sending == nullptr || sending->message_id != report.key) return false;
  if (report.state == core::NoticeState::delivered || report.state == core::NoticeState::failed) {
    HEJNAL_TRY_VOID(act(r.id,
                        core::sent::Reported{sending->n, report.state == core::NoticeState::delivered,
                                             truncate_utf8(one_line(report.text), 500)},
                        now));
  }
  return true;
}

bool Reporter::is_of(const SentReport& r, const std::string& address) const {
  if (address.empty()) return false;
  if (address == to_lower_ascii(r.to_email)) return true;
  const std::string_view domain = core::domain_of(address);
  if (domain == core::domain_of(to_lower_ascii(r.to_email)) && !core::is_freemail(domain)) return true;
  const Provider* provider = find(r.provider);
  if (provider == nullptr) return false;
  const auto is_it = [&](const std::string& one) { return one == address || one == domain; };
  return address == to_lower_ascii(provider->email) ||
         std::any_of(provider->answers_from.begin(), provider->answers_from.end(), is_it) ||
         std::any_of(provider->addresses.begin(), provider->addresses.end(),
                     [&](const auto& one) { return one.second == address; });
}

Result<std::optional<Reporter::Found>> Reporter::by_reference(const std::string& message_id) {
  const core::ReportName name = core::report_named(message_id);
  if (name.id == 0) return std::nullopt;
  auto loaded = parts_.store.reports().records().load(name.id);
  if (!loaded && told_if_damaged(name.id, loaded.error())) return std::nullopt;
  if (!loaded) return tl::make_unexpected(loaded.error());
  SentReport r = std::move(*loaded);
  const SentReport::Sending* sending = r.sending(name.n);
  if (sending == nullptr || sending->message_id != message_id || sending->kind == core::SendingKind::news)
    return std::nullopt;
  return std::optional(Found{std::move(r), "it answers the email of ours that it names", true});
}

Result<Reporter::Found> Reporter::find(const ports::IncomingMail& mail) {
  for (const std::string& id : mail.references) {
    HEJNAL_TRY(auto found, by_reference(id));
    if (found) return std::move(*found);
  }
  // Without a reference it must come from the provider, and nothing may speak against the sender.
  if (!mail.set_aside_why.empty()) return Found{};
  // Another reporter may share the mailbox, and report the same: what names a report of that one is not ours.
  const bool of_another = std::any_of(mail.references.begin(), mail.references.end(),
                                      [](const std::string& id) { return core::report_named(id).id != 0; });
  const std::string code = is_ours(mail.notice_report) ? mail.notice_report : code_of(mail.subject);
  const std::string subject = bare(mail.base_subject);
  HEJNAL_TRY(const auto ids, parts_.store.reports().records().ids(true, kOpenMax, ports::Archive::kNewest));
  std::vector<Found> same_subject;
  for (const ReportId id : ids) {
    HEJNAL_TRY(auto r, readable(id));
    if (!r) continue;
    if (!is_of(*r, mail.from.email)) continue;
    if (!code.empty() && code == r->code)
      return Found{std::move(*r), "our reference stands in its subject, and it comes from the provider",
                   false};
    if (of_another || is_report_code(code)) continue;  // it names another report
    // A subject can be guessed, a code cannot: by the subject alone only who is who he says.
    if (!subject.empty() && subject == bare(r->subject) && mail.authenticated.value_or(true))
      same_subject.push_back({std::move(*r), "it comes from the provider and has the same subject", false});
  }
  if (same_subject.size() == 1) return std::move(same_subject.front());
  if (!is_ours(code)) return Found{};
  constexpr int kLookedAt = 200;  // closed ones
  HEJNAL_TRY(const auto all, parts_.store.reports().records().ids(false, kLookedAt, ports::Archive::kNewest));
  for (const ReportId id : all) {
    HEJNAL_TRY(auto r, readable(id));
    if (r && r->code == code && is_of(*r, mail.from.email))
      return Found{std::move(*r), "our reference stands in its subject, and it comes from the provider",
                   false};
  }
  return Found{};
}

Result<ReportId> Reporter::take(const ports::IncomingMail& mail, Instant now) {
  for (const ports::IncomingBounce& bounce : mail.bounces) {
    std::vector<std::string> ids = {bounce.original_message_id};
    ids.insert(ids.end(), mail.references.begin(), mail.references.end());
    for (const std::string& id : ids) {
      HEJNAL_TRY(const auto found, by_reference(id));
      if (!found) continue;
      const ReportId report = found->report.id;
      const std::string words = truncate_utf8(
          one_line(fmt::format("{} {} {}", bounce.recipient, bounce.status, bounce.diagnostic)), 500);
      if (bounce.action == "delayed") {
        HEJNAL_TRY_VOID(
            act(report, core::sent::Note{"provider", "delivery is delayed: " + words, false}, now));
      } else {
        HEJNAL_TRY_VOID(act(report, core::sent::Reported{core::report_named(id).n, false, words}, now));
      }
      return report;
    }
  }
  if (!mail.bounces.empty()) return 0;
  Found found;
  if (!mail.seen_message_id.empty()) {
    HEJNAL_TRY(auto seen, by_reference(mail.seen_message_id));
    if (seen) found = std::move(*seen);
  }
  if (!found.report.exists()) {
    HEJNAL_TRY(found, find(mail));
  }
  const SentReport& r = found.report;
  if (!r.exists() || mail.from.email == to_lower_ascii(r.from.email)) return 0;  // a copy of our own
  HEJNAL_TRY(const std::string bytes, bytes_of(mail));
  const std::string sum = sha256_hex(bytes);
  HEJNAL_TRY(const bool came, parts_.store.reports().has_come(r.id, sum));
  if (came) return r.id;  // fetched once more
  core::ReplyMail reply;
  // Else anybody could write it: nobody but the provider knows the Message-ID or the code.
  if (found.by_id || mail.notice_report == r.code) reply.notice = mail.notice;
  reply.subject = mail.subject;
  reply.text = mail.reply_text.empty() ? mail.text : mail.reply_text;
  reply.own_subject = r.subject;
  HEJNAL_TRY(const auto messages, parts_.store.reports().messages(r.id));
  reply.own_text = draft_of(messages);
  reply.automatic = mail.automatic != ports::IncomingMail::Automatic::none || mail.is_report;
  // Where only words say that a program wrote it: away is believed, all else counts as a person.
  std::optional<Instant> last;
  for (const SentReport::Sending& s : r.sendings) {
    if (s.left_at && s.kind != core::SendingKind::news) last = s.left_at;
  }
  const bool at_once = last && now - *last < kAtOnce;
  core::Heard what = core::judge_reply(reply);
  if (reply.notice.empty() &&
      ((reply.automatic && mail.automatic_is_weak) || (!reply.automatic && at_once))) {
    reply.automatic = true;
    what = core::judge_reply(reply);
    if (what != core::Heard::absence) {
      reply.automatic = false;
      what = core::judge_reply(reply);
    }
  }
  if (mail.is_report) what = core::Heard::receipt;  // a read receipt: a program's word
  HEJNAL_TRY(const std::int64_t message, parts_.store.reports().add_message(
                                             {0, r.id, 0, core::Channel::email, mail.from.email, r.from.email,
                                              mail.subject, mail.text, mail.message_id, now, sum},
                                             bytes));
  core::sent::Hears heard{what, core::Channel::email, message, mail.from.email, mail.subject, found.how};
  if (!reply.notice.empty()) {
    heard.notice = reply.notice;
    heard.peer_case = mail.notice_case;
    heard.peer_state = mail.notice_state;
  }
  HEJNAL_TRY_VOID(act(r.id, heard, now));
  return r.id;
}

bool Reporter::is_notice_of_provider(const ports::IncomingSms& sms) const {
  return !sms.from.empty() && !core::notice_of_sms(sms.text).empty() &&
         std::any_of(settings_.providers.begin(), settings_.providers.end(),
                     [&](const Provider& p) { return p.sms_number == sms.from; });
}

namespace {

// "Sprawa 12 ...", "..., case 12.": which of its cases a hejnal speaks of; empty: none.
std::string case_in(std::string_view text) {
  const std::string folded = fold(text);
  for (const std::string_view word : {"sprawa ", "sprawe ", "case "}) {
    const auto at = folded.find(word);
    if (at == std::string::npos) continue;
    const auto begin = at + word.size();
    const auto end = std::min(folded.find_first_not_of("0123456789", begin), folded.size());
    if (end > begin) return folded.substr(begin, end - begin);
  }
  return {};
}

}  // namespace

// By our reference or the number of the case, also of one that we have closed by now: else it would be taken
// for the report that happens to be the only open one.
Result<std::optional<SentReport>> Reporter::by_name(const ports::IncomingSms& sms) {
  constexpr int kLookedAt = 200;
  const std::string number = case_in(sms.text);
  HEJNAL_TRY(const auto ids, parts_.store.reports().records().ids(false, kLookedAt, ports::Archive::kNewest));
  for (const ReportId id : ids) {
    HEJNAL_TRY(auto r, readable(id));
    if (!r || r->to_sms != sms.from) continue;
    if (sms.text.find(r->code) != std::string::npos || (!number.empty() && r->peer_case == number)) return r;
  }
  return std::nullopt;
}

Result<ReportId> Reporter::take(const ports::IncomingSms& sms, Instant now) {
  constexpr std::size_t kMaybeMax = 5;
  if (sms.from.empty()) return ReportId{0};
  const std::string notice = core::notice_of_sms(sms.text);
  HEJNAL_TRY(const auto ids, parts_.store.reports().records().ids(true, kOpenMax, ports::Archive::kNewest));
  std::vector<SentReport> answered, others;  // after an SMS of ours, which it may answer; and without one
  for (const ReportId id : ids) {
    HEJNAL_TRY(auto r, readable(id));
    if (!r) continue;
    if (r->to_sms != sms.from || !r->began_at) continue;
    if (sms.text.find(r->code) != std::string::npos)
      return keep_sms(*r, sms, "it comes from the provider's number and has our reference", false, now);
    const bool has_sms = std::any_of(
        r->sendings.begin(), r->sendings.end(),
        [](const SentReport::Sending& s) { return s.channel == core::Channel::sms && s.attempts > 0; });
    (has_sms ? answered : others).push_back(std::move(*r));
  }
  HEJNAL_TRY(const auto named, by_name(sms));
  if (named)
    return keep_sms(*named, sms, "it comes from the provider's number and names the report or its case",
                    false, now);
  std::vector<SentReport>& maybe = answered.empty() ? others : answered;
  if (maybe.size() == 1)
    return keep_sms(maybe.front(), sms,
                    "it comes from the provider's number, and no other report to it is open", false, now);
  if (notice.empty()) return ReportId{0};  // a person's word: a person has to look
  if (notice == "missing_email") {
    const auto came = [](const SentReport& r) { return r.receipt_at.has_value(); };
    if (std::count_if(maybe.begin(), maybe.end(), came) + 1 == std::ssize(maybe)) {
      const auto one = std::find_if_not(maybe.begin(), maybe.end(), came);
      return keep_sms(*one, sms,
                      "it comes from the provider's number, and of no other report is the email missing",
                      false, now);
    }
  }
  if (maybe.empty()) {  // a late word of one that is over
    HEJNAL_TRY(const auto all, parts_.store.reports().records().ids(false, 50, ports::Archive::kNewest));
    for (const ReportId id : all) {
      HEJNAL_TRY(auto r, readable(id));
      if (r && r->to_sms == sms.from && maybe.empty()) maybe.push_back(std::move(*r));
    }
  }
  if (maybe.size() > kMaybeMax) maybe.resize(kMaybeMax);
  for (const SentReport& r : maybe)
    HEJNAL_TRY_VOID(keep_sms(
        r, sms, "it comes from the provider's number and does not say which report it means", true, now));
  return maybe.empty() ? ReportId{0} : maybe.front().id;
}

Result<ReportId> Reporter::keep_sms(const SentReport& r, const ports::IncomingSms& sms,
                                    const std::string& how, bool unclear, Instant now) {
  const std::string sum = sha256_hex(sms.text), notice = core::notice_of_sms(sms.text);
  HEJNAL_TRY(const auto messages, parts_.store.reports().messages(r.id));
  core::ReplyMail reply;
  reply.notice = notice;
  reply.text = sms.text;
  reply.own_subject = r.subject;
  reply.own_text = draft_of(messages);
  for (const ports::ReportMessage& m : messages) {
    if (m.n == 0 && !sms.id.empty() && m.message_id == sms.id) return r.id;  // told once more
  }
  HEJNAL_TRY(const std::int64_t message,
             parts_.store.reports().add_message(
                 {0, r.id, 0, core::Channel::sms, sms.from, {}, {}, sms.text, sms.id, now, sum}, {}));
  HEJNAL_TRY_VOID(
      act(r.id,
          core::sent::Hears{unclear ? core::Heard::unclear : core::judge_reply(reply), core::Channel::sms,
                            message, sms.from, truncate_characters(one_line(sms.text), 60), how, notice},
          now));
  return r.id;
}

}  // namespace hejnal::reporter
