#include "reporter/proof.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/zone.hpp"

namespace hejnal::reporter {

namespace {

constexpr std::string_view kBegin = "-----BEGIN HEJNAL PROOF-----\n";
constexpr std::string_view kMiddle = "-----BEGIN ED25519 SIGNATURE-----\n";
constexpr std::string_view kEnd = "-----END HEJNAL PROOF-----\n";

struct Words {
  bool pl;
  const char* operator()(const char* polish, const char* english) const { return pl ? polish : english; }
};

// A line of the text must not look like a mark.
std::string guarded(std::string_view text) {
  std::string out;
  for (const std::string_view line : split(text, '\n')) {
    out += "  | ";
    out += one_line(line);
    out += '\n';
  }
  return out;
}

std::string means(const core::SentReport::Sending& s) {
  return s.channel == core::Channel::sms ? "SMS" : "email";
}

// What was reported is never at the beginning of a line (guarded), a mark always is.
std::size_t mark_at(const std::string& text, std::string_view mark, std::size_t from = 0) {
  auto at = text.find(mark, from);
  while (at != std::string::npos && at != 0 && text[at - 1] != '\n') at = text.find(mark, at + 1);
  return at;
}

}  // namespace

std::string proof_text(const ProofOf& of) {
  const core::SentReport& r = of.report;
  const Words t{r.language == "pl"};
  const auto time = [&](Instant at) {
    return fmt::format("{} ({} {})", format_rfc3339(at), format_local(at, of.zone, r.language), of.zone);
  };
  const auto line = [](const std::string& name, const std::string& value) {
    return value.empty() ? std::string() : fmt::format("{}: {}\n", name, one_line(value));
  };
  std::string out = fmt::format("{} {}\n\n", t("DOWÓD ZGŁOSZENIA", "PROOF OF REPORT"), r.id);
  out += line(t("Zgłaszający", "Reported by"), fmt::format("{} <{}>", r.from.name, r.from.email));
  out += line(t("Usługodawca", "Provider"), r.provider);
  out += line(t("Adres", "Address"), r.to_email);
  out += line(t("Numer SMS", "SMS number"), r.to_sms);
  out += line(t("Temat", "Subject"), r.subject);
  out += line(t("Pilność", "Class"), r.class_name);
  out += line(t("Nasz znak", "Our reference"), r.code);
  out += line(t("Złożone", "Filed"), time(r.opened_at));
  out += line(t("Stan", "State"), std::string(to_string(r.state)));
  out += line(t("Potwierdzenie automatu", "Receipt"), r.receipt_at ? time(*r.receipt_at) : "-");
  out += line(t("Przeczytane przez człowieka", "Acknowledged by a person"),
              r.acknowledged_at ? time(*r.acknowledged_at) : "-");
  out += line(t("Odpowiedź", "Answered"), r.answered_at ? time(*r.answered_at) : "-");
  if (!r.end_reason.empty()) out += line(t("Powód zamknięcia", "Why it ended"), r.end_reason);

  const core::ServiceClass* service = of.procedure ? of.procedure->find(r.class_name) : nullptr;
  if (service != nullptr) {
    out +=
        fmt::format("\n{} ({} {})\n", t("Procedura kontaktu usługodawcy", "The provider's contact procedure"),
                    t("wersja", "version"), r.procedure);
    int n = 0;
    for (const core::Step& step : service->steps) {
      ++n;
      out += fmt::format("  {} {}: {}, {} - {}\n", t("krok", "step"), n, one_line(step.wait_text),
                         one_line(step.means_text),
                         r.step >= n ? t("wykonany", "carried out") : t("niewykonany", "not carried out"));
    }
  }

  out += fmt::format("\n{}\n", t("Treść zgłoszenia", "What was reported"));
  for (const ports::ReportMessage& m : of.messages) {
    if (m.n == -1) out += guarded(m.text);
  }

  out += fmt::format("\n{}\n", t("Wysłane", "Sent"));
  for (const core::SentReport::Sending& s : r.sendings) {
    if (s.kind == core::SendingKind::news) continue;
    const auto message =
        std::find_if(of.messages.begin(), of.messages.end(), [&](const auto& m) { return m.n == s.n; });
    out += fmt::format("  {}. {} -> {}, {} {}\n", s.n, means(s), one_line(s.to), t("krok", "step"), s.step);
    out += fmt::format("     {}: {}\n", t("napisane", "written"), time(s.since));
    out += fmt::format("     {}: {}\n", t("przekazane", "handed over"), s.left_at ? time(*s.left_at) : "-");
    out += fmt::format("     {}: {}, {}: {}\n", t("stan", "state"), to_string(s.state), t("prób", "attempts"),
                       s.attempts);
    if (!s.text.empty())
      out += fmt::format("     {}: {}\n", t("odpowiedź serwera", "the server's words"), one_line(s.text));
    out += fmt::format("     id: {}\n", one_line(s.message_id));
    if (message != of.messages.end()) {
      out += fmt::format("     SHA-256: {}\n", message->sum);
      if (s.channel == core::Channel::sms) out += guarded(message->text);
    }
  }

  out += fmt::format("\n{}\n", t("Co wróciło", "What came back"));
  if (r.replies.empty()) out += fmt::format("  {}\n", t("nic", "nothing"));
  for (const core::SentReport::Reply& reply : r.replies) {
    const auto message = std::find_if(of.messages.begin(), of.messages.end(),
                                      [&](const auto& m) { return m.id == reply.message && m.n == 0; });
    out += fmt::format("  {}  {} <- {}: {}\n", time(reply.at), to_string(reply.what), one_line(reply.from),
                       one_line(reply.subject));
    if (!reply.how.empty()) out += fmt::format("     {}\n", one_line(reply.how));
    if (message != of.messages.end()) {
      out += fmt::format("     SHA-256: {}\n", message->sum);
      out += guarded(truncate_characters(message->text, 4000));
    }
  }
  const auto came =
      std::count_if(of.messages.begin(), of.messages.end(), [](const auto& m) { return m.n == 0; });
  const auto shown =
      std::count_if(r.replies.begin(), r.replies.end(), [](const auto& one) { return one.message != 0; });
  if (came > shown)
    out += fmt::format("  {}: {}\n", t("i dalsze, zachowane w bazie", "and more, kept in the database"),
                       came - shown);
  for (const core::SentReport::Call& call : r.rejected_calls)
    out += fmt::format("  {}  {}\n", time(call.at),
                       t("nasze połączenie odrzucono", "a call of ours was rejected"));

  out += fmt::format("\n{}\n", t("Dziennik", "Journal"));
  for (const core::sent::Entry& entry : of.journal)
    out += fmt::format("  {}  {:<10} {:<13} {}\n", format_rfc3339(entry.at), one_line(entry.by), entry.kind(),
                       one_line(entry.why));
  out += fmt::format("\n{}: {}, hejnal, {}\n", t("Sporządzono", "Drawn up"), one_line(of.desk), time(of.now));
  return out;
}

std::string armour(const SignedText& proof) {
  return fmt::format("{}{}{}key {}\nsignature {}\n{}", kBegin, proof.text, kMiddle, proof.key,
                     proof.signature, kEnd);
}

Result<SignedText> read_armour(std::string_view file) {
  std::string text(file);
  text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
  const auto begin = mark_at(text, kBegin);
  const auto middle = mark_at(text, kMiddle, begin == std::string::npos ? 0 : begin);
  const auto end = mark_at(text, kEnd, middle == std::string::npos ? 0 : middle);
  if (begin == std::string::npos || middle == std::string::npos || end == std::string::npos ||
      middle < begin || end < middle)
    return fail(Fault::malformed,
                "it is no proof of hejnal: the lines -----BEGIN HEJNAL PROOF----- and so on are not "
                "there");
  SignedText out;
  out.text = text.substr(begin + kBegin.size(), middle - begin - kBegin.size());
  const std::string tail = text.substr(middle + kMiddle.size(), end - middle - kMiddle.size());
  for (const std::string_view line : split(tail, '\n')) {
    if (line.starts_with("key ")) out.key = std::string(trim(line.substr(4)));
    if (line.starts_with("signature ")) out.signature = std::string(trim(line.substr(10)));
  }
  if (out.key.empty() || out.signature.empty())
    return fail(Fault::malformed, "there is no key or no signature behind the text");
  return out;
}

}  // namespace hejnal::reporter
