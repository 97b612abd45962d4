// An email's way in: seen before? a bounce? from a robot? a colleague's answer to an alert? which case? And
// only then a signal for the core. Whatever it is, it is kept.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "desk/desk.hpp"

namespace hejnal::desk {

namespace {

using Automatic = ports::IncomingMail::Automatic;

constexpr std::size_t kCandidatesMax = 30;
constexpr std::size_t kTagsMax = 10;
constexpr std::size_t kPhonesMax = 10;
constexpr int kLooksMax = 100;
constexpr std::int64_t kLogoMax = 10'000;
constexpr std::size_t kSignatureMax = 300;
constexpr Duration kStaleMail = 24h;  // an older one gets no automatic mail: it may come from an import

// "[#12 K7M2P]" in a subject: the number and the code, which must agree.
struct Tag {
  core::CaseNumber number = 0;
  std::string code;
};

// All of them: a client's own system writes such brackets, too, and an old tag may stand before the new one.
std::vector<Tag> tags_of(std::string_view subject) {
  std::vector<Tag> out;
  for (auto begin = subject.find("[#"); begin != std::string_view::npos && out.size() < kTagsMax;
       begin = subject.find("[#", begin + 2)) {
    const auto end = subject.find(']', begin);
    if (end == std::string_view::npos) break;
    const std::string_view inside = subject.substr(begin + 2, end - begin - 2);
    Tag tag;
    const auto [rest, error] = std::from_chars(inside.data(), inside.data() + inside.size(), tag.number);
    if (error != std::errc()) continue;
    tag.code = std::string(trim(inside.substr(static_cast<std::size_t>(rest - inside.data()))));
    if (tag.code.size() == 5) out.push_back(std::move(tag));
  }
  return out;
}

// "pomoc+k7m2p@…" -> "K7M2P"; also a bounce's "pomoc+b-12-3-…@…", which is not one.
std::string detail_of(std::string_view address) {
  const auto at = address.rfind('@');
  const auto plus = address.find('+');
  if (at == std::string_view::npos || plus == std::string_view::npos || plus > at) return {};
  return std::string(address.substr(plus + 1, at - plus - 1));
}

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

core::ClassHint hint_of(const core::Procedure& procedure, const ports::IncomingMail& mail) {
  const std::string subject = fold(mail.subject);
  for (auto c = procedure.classes.rbegin(); c != procedure.classes.rend(); ++c) {  // the gravest first
    for (const std::string& recipient : mail.rcpt_to) {
      const std::string local = to_lower_ascii(recipient.substr(0, recipient.rfind('@')));
      if (std::find(c->addresses.begin(), c->addresses.end(), local) != c->addresses.end()) {
        return {c->id, fmt::format("it was sent to {}", recipient)};
      }
    }
    if (mail.automatic != Automatic::none) continue;  // a subject it may only repeat
    for (const std::string& tag : c->tags) {
      if (subject.find("[" + tag + "]") != std::string::npos)
        return {c->id, fmt::format("its subject says [{}]", tag)};
    }
  }
  return {};
}

}  // namespace

// One mail on its way through the desk.
class MailFiler {
 public:
  MailFiler(Desk& desk, const ports::IncomingMail& mail)
      : desk_(desk), store_(desk.parts_.store), mail_(mail), now_(desk.now()) {}

  Result<Filed> file() {
    HEJNAL_TRY(earlier_, store_.seen(mail_.message_id, mail_.content_key));
    if (!mail_.quarantine.empty()) return from_quarantine();
    // A copy that was only set aside, as that of a mailing list, does not stand in the way of the mail
    // itself.
    if (earlier_ && (!earlier_->set_aside || mail_.is_own_test || mail_.is_report || !mail_.bounces.empty()))
      return come_again();
    HEJNAL_TRY(const bool ours, file_our_own());
    if (ours) return filed_;
    if (mail_.is_own_test) {  // it has come back, which is all that it was for: nobody needs to look
      HEJNAL_TRY_VOID(keep(0, ports::MessageState::set_aside, "a test by hejnal check --live", true));
      HEJNAL_TRY_VOID(store_.set_looked_at(filed_.message, now_));
      return filed_;
    }
    HEJNAL_TRY(const bool reported, file_report());
    if (reported) return filed_;
    if (!mail_.set_aside_why.empty()) return set_aside(mail_.set_aside_why);
    if (mail_.is_ours && mail_.automatic != Automatic::none)
      return set_aside("automatic mail from an address of our own");
    if (mail_.automatic == Automatic::bulk) return set_aside(mail_.automatic_why);
    HEJNAL_TRY(const bool colleague, file_colleagues_reply());
    if (colleague) return filed_;
    if (mail_.automatic == Automatic::none)
      HEJNAL_TRY_VOID(desk_.client_says(core::Channel::email, {}, mail_.from.email, mail_.reply_text));
    return file_into_case();
  }

 private:
  ports::Message message(core::CaseNumber number, ports::MessageState state, std::string why,
                         bool internal) const {
    static constexpr const char* kNames[] = {"joined", "opened", "set_aside"};
    ports::Message m;
    m.number = number;
    m.channel = core::Channel::email;
    m.from = mail_.from.email;
    m.to = mail_.rcpt_to.empty() ? std::string() : mail_.rcpt_to.front();
    m.subject = mail_.subject;
    m.text = mail_.text;
    m.at = now_;
    m.automatic = mail_.automatic != Automatic::none || mail_.is_report;
    m.state = kNames[static_cast<std::size_t>(state)];
    m.join_reason = std::move(why);
    m.internal = internal;
    m.message_id = mail_.message_id;
    m.content_key = mail_.content_key;
    m.base_subject = mail_.base_subject;
    m.attachments = mail_.attachments;
    m.html = mail_.html;
    return m;
  }

  // A second delivery: it is noted, and nothing follows.
  Result<Filed> come_again() {
    HEJNAL_TRY_VOID(store_.came_again(earlier_->message, now_));
    return Filed{0, 0, true};
  }

  // `internal`: what the client of the case never sees, such as a colleague's note or a bounce.
  // `through`: the merged case that it came through, to which it then belongs.
  Status keep(core::CaseNumber number, ports::MessageState state, std::string why, bool internal = false,
              core::CaseNumber through = 0) {
    HEJNAL_TRY(filed_.message,
               store_.add_message(message(through != 0 ? through : number, state, std::move(why), internal),
                                  mail_.raw));
    filed_.number = number;
    desk_.changes_.push_back({0, number, "message"});
    if (earlier_) HEJNAL_TRY_VOID(store_.set_looked_at(earlier_->message, now_));
    return {};
  }

  // The same of what only says something about a notice of ours. The daily mail about what was set aside has
  // no case: nobody needs to look at what comes back to it.
  Status keep_beside(const ports::OutboxItem& item, std::string why) {
    const bool of_a_case = item.notice.number != 0;
    HEJNAL_TRY_VOID(keep(item.notice.number,
                         of_a_case ? ports::MessageState::joined : ports::MessageState::set_aside,
                         std::move(why), true));
    return of_a_case ? Status() : store_.set_looked_at(filed_.message, now_);
  }

  // What we have sent and what has come back to us, by a forwarding or because a colleague's address is the
  // desk's: it is kept, and nothing follows. Else an alert would open a case, and that one an alert.
  Result<bool> file_our_own() {
    if (mail_.message_id.empty() || (!mail_.is_ours && mail_.automatic == Automatic::none)) return false;
    HEJNAL_TRY(const auto item, store_.notice_by_message_id(mail_.message_id));
    if (!item) return false;
    if (earlier_) {
      HEJNAL_TRY(filed_, come_again());
      return true;
    }
    HEJNAL_TRY_VOID(keep_beside(*item, "our own mail, which has come back"));
    return true;
  }

  // It stays where it is, and we know nothing of it, unless an SMS waits for it.
  Result<Filed> from_quarantine() {
    if (earlier_ || mail_.is_report || mail_.is_ours) return Filed{0, 0, true};
    HEJNAL_TRY(const core::EmailFacts facts, email_facts());
    HEJNAL_TRY(const bool others, is_of_another_case(facts));
    if (others) return Filed{};
    const std::string why = mail_.set_aside_why == core::kNotAuthenticated
                                ? mail_.set_aside_why
                                : fmt::format("it lay in the folder \"{}\"", mail_.quarantine);
    HEJNAL_TRY(const bool awaited,
               desk_.somebody_waits_for({0, facts, mail_.automatic != Automatic::none, why}));
    return awaited ? set_aside(why) : Filed{};
  }

  // What is of another case (sent again, or in its thread) is not what an SMS waits for.
  Result<bool> is_of_another_case(const core::EmailFacts& facts) {
    HEJNAL_TRY(const auto candidates, find_candidates(facts));
    const core::Match match = core::match_email(facts, candidates);
    return match.number != 0 && match.relation != core::Relation::announced;
  }

  Result<Filed> set_aside(const std::string& why) {
    if (earlier_) return come_again();
    HEJNAL_TRY_VOID(keep(0, ports::MessageState::set_aside, why));
    HEJNAL_TRY(const core::EmailFacts facts, email_facts());
    HEJNAL_TRY(const bool others, is_of_another_case(facts));
    if (!others) {
      HEJNAL_TRY(filed_.number,
                 desk_.look_for_waiting({filed_.message, facts, mail_.automatic != Automatic::none, why}));
    }
    if (filed_.number == 0) HEJNAL_TRY_VOID(desk_.plan_review());
    return filed_;
  }

  // Bounces and read receipts say what became of something that we said. They open no case.
  Result<bool> file_report() {
    if (!mail_.seen_message_id.empty()) {
      HEJNAL_TRY(const auto item, store_.notice_by_message_id(mail_.seen_message_id));
      if (item) {
        HEJNAL_TRY_VOID(keep_beside(*item, "a read receipt for what we sent"));
        HEJNAL_TRY_VOID(
            desk_.put_fate(*item, core::NoticeState::seen, "the client's mail program has shown it"));
        return true;
      }
    }
    if (!mail_.is_report && mail_.bounces.empty()) return false;
    for (const ports::IncomingBounce& bounce : mail_.bounces) {
      HEJNAL_TRY(const auto item, bounced(bounce));
      if (!item) continue;
      if (filed_.message == 0) HEJNAL_TRY_VOID(keep_beside(*item, "a bounce of what we sent"));
      if (bounce.action == "delayed") continue;  // a warning: it may still arrive
      const std::string words = bounce.diagnostic.empty() ? bounce.status : bounce.diagnostic;
      HEJNAL_TRY_VOID(desk_.put_fate(*item, core::NoticeState::bounced, words.empty() ? "returned" : words));
    }
    if (filed_.message == 0)
      HEJNAL_TRY_VOID(keep(0, ports::MessageState::set_aside, "a report about a mail that we do not know"));
    return true;
  }

  Result<std::optional<ports::OutboxItem>> bounced(const ports::IncomingBounce& bounce) {
    for (const std::string& recipient : mail_.rcpt_to) {  // VERP: pomoc+b-NUMBER-NOTICE-SECRET@…
      const std::string detail = detail_of(recipient);
      if (!detail.starts_with("b-")) continue;
      std::string id = detail.substr(2);
      std::replace(id.begin(), id.end(), '-', '.');
      HEJNAL_TRY(auto item, store_.notice_by_message_id(
                                fmt::format("<hejnal.{}@{}>", id, core::domain_of(desk_.settings_.address))));
      if (item) return item;
    }
    if (!bounce.original_message_id.empty()) {
      HEJNAL_TRY(auto item, store_.notice_by_message_id(bounce.original_message_id));
      if (item) return item;
    }
    for (const std::string& reference : mail_.references) {
      HEJNAL_TRY(auto item, store_.notice_by_message_id(reference));
      if (item) return item;
    }
    return std::nullopt;
  }

  // A person on call answers an alert from the mail program: that answers the client; "#note" makes it a
  // note.
  Result<bool> file_colleagues_reply() {
    const auto& on_call = desk_.settings_.on_call;
    const auto who = std::find_if(on_call.begin(), on_call.end(),
                                  [&](const core::OnCall& p) { return p.email == mail_.from.email; });
    if (who == on_call.end() || mail_.automatic != Automatic::none) return false;
    for (const std::string& reference : mail_.references) {
      HEJNAL_TRY(const auto item, store_.notice_by_message_id(reference));
      // The id of an alert is not guessable: who can refer to it has read that alert.
      if (!item || !item->notice.to_desk()) continue;
      if (item->notice.kind == core::NoticeKind::set_aside) {
        HEJNAL_TRY_VOID(file_look(*who));
        return true;
      }
      HEJNAL_TRY(const core::CaseNumber number, desk_.living(item->notice.number));
      HEJNAL_TRY_VOID(keep(number, ports::MessageState::joined,
                           fmt::format("{} has answered the alert", who->name), true));
      std::string_view text = trim(mail_.reply_text);
      core::AgentActed act{.action = core::Action::answer,
                           .agent = who->name,
                           .text = {},
                           .class_name = {},
                           .channels = {},
                           .delay = {},
                           .other = 0,
                           .left_out = left_out(),
                           .agent_email = who->email};
      for (const std::string_view mark : {"#notatka", "#note"}) {
        if (text.size() >= mark.size() && iequals(text.substr(0, mark.size()), mark)) {
          act.action = core::Action::note;
          act.left_out.clear();  // a note stays inside, where the whole mail can be had
          text = trim(text.substr(mark.size()));
          break;
        }
      }
      HEJNAL_TRY(const core::Case c, desk_.look(number));
      if (core::speaks_to_nobody(c)) {  // monitoring reads no answers: it is a word among colleagues
        act.action = core::Action::note;
        act.left_out.clear();
      }
      act.text = std::string(text);
      if (is_blank(act.text)) {
        if (act.left_out.empty()) return true;
        act.action = core::Action::note;  // nothing but a file: there is no answer in it
        act.text = act.left_out;
      }
      if (auto done = desk_.act(number, act); !done) {
        if (done.error().fault == Fault::retry_later || done.error().fault == Fault::corrupt)
          return tl::make_unexpected(done.error());
        // It can't be answered now (closed, no address): the words are not lost, and who wrote them is told.
        act.action = core::Action::note;
        act.left_out = act.text + (act.left_out.empty() ? "" : "\n\n" + act.left_out);
        HEJNAL_TRY_VOID(desk_.act(number, act));
      }
      return true;
    }
    return false;
  }

  // The look at what was set aside, by a reply to the daily mail: "#sprawa 12 15" makes a case of each,
  // "#nie 12" says that it is none. What names nothing that waits is passed over: it stands in the next one.
  Status file_look(const core::OnCall& who) {
    HEJNAL_TRY_VOID(keep(0, ports::MessageState::set_aside,
                         fmt::format("{} has looked at what was set aside", who.name), true));
    HEJNAL_TRY_VOID(store_.set_looked_at(filed_.message, now_));
    int named = 0;
    for (const std::string_view line : split(mail_.reply_text, '\n')) {
      const std::vector<std::string_view> pieces = split(trim(line), ' ');
      const bool opens = iequals(pieces.front(), "#sprawa") || iequals(pieces.front(), "#case");
      const bool dismisses = iequals(pieces.front(), "#nie") || iequals(pieces.front(), "#no");
      if (!opens && !dismisses) continue;
      for (const std::string_view piece : pieces) {
        core::MessageId id = 0;
        std::from_chars(piece.data(), piece.data() + piece.size(), id);
        if (id == 0 || ++named > kLooksMax) continue;
        Status done;
        if (opens) {
          if (const auto number = desk_.take_up(id, 0, who.name); !number)
            done = tl::make_unexpected(number.error());
        } else {
          done = desk_.dismiss(id);
        }
        if (!done && done.error().fault != Fault::not_found) return done;
      }
    }
    return {};
  }

  // What of a colleague's answer does not go to the client: files, and what stands below a signature mark and
  // is too long to be a signature.
  std::string left_out() const {
    std::string out;
    for (const ports::IncomingAttachment& a : mail_.attachments) {
      const bool logo = a.type.starts_with("image/") && a.size < kLogoMax;
      if (!logo) out += fmt::format("{} ({}, {} B)\n", a.name.empty() ? "?" : a.name, a.type, a.size);
    }
    if (mail_.signature.size() > kSignatureMax)
      out += fmt::format("{}--\n{}", out.empty() ? "" : "\n", truncate_utf8(mail_.signature, 10'000));
    return out;
  }

  Result<core::EmailFacts> email_facts() {
    core::EmailFacts facts;
    facts.from = mail_.from.email;
    facts.base_subject = mail_.base_subject;
    facts.words_text = mail_.reply_text;
    facts.whole_text = mail_.text;
    facts.sent_at = sent_at();
    facts.own_domains = desk_.settings_.own_domains;
    facts.report_again = mail_.report_kind == "report";
    facts.phones = mail_.phones;
    HEJNAL_TRY(const auto known_phones, store_.phones_of_email(mail_.from.email));
    facts.phones.insert(facts.phones.end(), known_phones.begin(), known_phones.end());
    return facts;
  }

  Result<Filed> file_into_case() {
    HEJNAL_TRY(const core::EmailFacts facts, email_facts());
    HEJNAL_TRY(const auto candidates, find_candidates(facts));
    const core::Match match = core::match_email(facts, candidates);
    if (mail_.automatic == Automatic::auto_replied && !mail_.automatic_is_weak && match.number == 0) {
      return set_aside(mail_.automatic_why);
    }

    core::EmailReceived signal;
    signal.from = mail_.from;
    signal.answer_to = mail_.answer_to;
    signal.automatic_to = mail_.automatic_to;
    signal.subject = mail_.subject;
    signal.text = mail_.reply_text;
    signal.sent_at = facts.sent_at;
    // A machine that answers says nothing. Any other mark, as Exchange or a client's own ticket system sets
    // on what people write, only means that nothing automatic goes back.
    signal.automatic = mail_.automatic == Automatic::auto_replied || mail_.automatic == Automatic::bulk;
    signal.no_receipt_why = mail_.no_receipt_why;
    if (mail_.automatic != Automatic::none) {
      signal.automatic_to.clear();
      if (signal.no_receipt_why.empty()) signal.no_receipt_why = "it was written by a program";
    }
    if (signal.no_receipt_why.empty() && now_ - facts.sent_at > kStaleMail) {
      signal.no_receipt_why = fmt::format("it was sent {} ago; no automatic mail goes out for mail that old",
                                          format_duration(now_ - facts.sent_at));
    }
    signal.relation = match.relation;
    signal.join_reason = match.reason;
    signal.score = match.score;
    signal.hint = hint_of(desk_.procedure_, mail_);
    signal.is_first_step = mail_.report_step == "1";
    HEJNAL_TRY(const Filed filed, match.number == 0 ? open(signal, match) : join(signal, match));
    HEJNAL_TRY_VOID(desk_.note_report(mail_.from.email, mail_.report_code, filed.number));
    return filed;
  }

  Result<Filed> open(core::EmailReceived& signal, const core::Match& match) {
    HEJNAL_TRY(core::Facts facts, desk_.facts(core::Case{}));
    facts.candidates = match.candidates;
    facts.suggestions = match.suggestions;
    facts.mentions = match.mentions;
    HEJNAL_TRY_VOID(desk_.prepare_opening(facts));
    if (!mail_.automatic_to.empty())
      facts.automatic_budget = desk_.budget_.refusal(mail_.automatic_to, facts.number, now_);
    HEJNAL_TRY_VOID(keep(facts.number, ports::MessageState::opened, match.reason));
    signal.message = filed_.message;
    HEJNAL_TRY_VOID(meet(facts.number));
    HEJNAL_TRY_VOID(desk_.turn(core::Case{}, signal, facts));
    return filed_;
  }

  Result<Filed> join(core::EmailReceived& signal, const core::Match& match) {
    HEJNAL_TRY(const core::Case c, desk_.load(match.number));
    HEJNAL_TRY(core::Facts facts, desk_.facts(c));
    if (c.automatic_to.empty() && !mail_.automatic_to.empty())
      facts.automatic_budget = desk_.budget_.refusal(mail_.automatic_to, c.number, now_);
    signal.through = core::speaks_through(c, mail_.from.email, match.through);
    HEJNAL_TRY_VOID(keep(c.number, ports::MessageState::joined, match.reason, false, signal.through));
    signal.message = filed_.message;
    HEJNAL_TRY_VOID(desk_.turn(c, signal, facts));
    // A re-send is known by its words alone, so whom it names does not take part by that.
    if (mail_.automatic == Automatic::none && match.relation != core::Relation::resend)
      HEJNAL_TRY_VOID(meet(c.number));
    return filed_;
  }

  // Who takes part, and whom we have met.
  Status meet(core::CaseNumber number) {
    std::vector<std::string> others;
    for (const std::string& address : mail_.participants) {
      const std::string_view domain = core::domain_of(address);
      const auto& own = desk_.settings_.own_domains;
      if (std::find(own.begin(), own.end(), domain) == own.end() && others.size() < 50)
        others.push_back(address);
    }
    HEJNAL_TRY_VOID(store_.add_participants(number, others));
    HEJNAL_TRY_VOID(store_.learn_person({mail_.from.name, mail_.from.email, {}, {}}));
    for (const std::string& phone : mail_.phones) {
      HEJNAL_TRY(const bool refused, is_refused(phone));
      if (refused) continue;
      HEJNAL_TRY_VOID(store_.note_number(
          {0, phone, mail_.from.email, "signature", filed_.message, now_, core::Standing::learnt, {}}));
    }
    return {};
  }

  // An agent has said that this number is not the sender's, whatever the signature says.
  Result<bool> is_refused(const std::string& phone) {
    HEJNAL_TRY(const auto addresses, store_.addresses_of_phone(phone));
    return std::any_of(addresses.begin(), addresses.end(), [&](const ports::AddressOfNumber& a) {
      return a.standing == core::Standing::refused && a.email == mail_.from.email;
    });
  }

  Instant sent_at() const {
    // Credible: not in the future, and not older than what a mail system keeps trying.
    if (mail_.date && *mail_.date <= now_ + 10min && *mail_.date >= now_ - 120h)
      return std::min(*mail_.date, now_);
    return mail_.date && *mail_.date < now_ - 120h ? *mail_.date : now_;
  }

  Result<std::vector<core::Candidate>> find_candidates(const core::EmailFacts& facts) {
    std::vector<core::Candidate> out;
    const auto add = [&](core::CaseNumber meant, std::string referred_by) -> Status {
      HEJNAL_TRY(const core::CaseNumber number, desk_.living(meant));
      if (number == 0 || out.size() >= kCandidatesMax) return {};
      for (core::Candidate& c : out) {
        if (c.number == number) return {};
      }
      HEJNAL_TRY(const auto summary, store_.summary(number));
      if (!summary) return {};
      HEJNAL_TRY(core::Candidate c, desk_.candidate(*summary));
      if (meant != number) HEJNAL_TRY_VOID(as_it_was(c, meant));
      c.referred = !referred_by.empty();
      c.referred_by = std::move(referred_by);
      out.push_back(std::move(c));
      return {};
    };
    for (const std::string& reference : mail_.references) {
      HEJNAL_TRY(const core::CaseNumber number, store_.case_by_message_id(reference));
      if (number != 0) HEJNAL_TRY_VOID(add(number, "it refers to a mail of the case"));
    }
    // Only what this very sender has called so: a foreigner's header joins nothing.
    HEJNAL_TRY(const core::CaseNumber same, desk_.case_of_report(mail_.from.email, mail_.report_code));
    if (same != 0) {
      HEJNAL_TRY_VOID(add(same, {}));
      for (core::Candidate& c : out) c.same_report = c.number == same;
    }
    for (const Tag& tag : tags_of(mail_.subject)) {
      HEJNAL_TRY(const core::CaseNumber number, desk_.case_of_code(upper(tag.code)));
      if (number != 0 && number == tag.number)
        HEJNAL_TRY_VOID(add(number, "its subject has the tag of the case"));
    }
    for (const std::string& recipient : mail_.rcpt_to) {
      const std::string detail = detail_of(recipient);
      if (detail.size() != 5) continue;
      HEJNAL_TRY(const core::CaseNumber number, desk_.case_of_code(upper(detail)));
      if (number != 0) HEJNAL_TRY_VOID(add(number, "it was sent to the address of the case"));
    }
    if (mail_.automatic == Automatic::none) {
      HEJNAL_TRY(const auto own, store_.open_cases_of_email(mail_.from.email, 20));
      for (const auto& s : own) HEJNAL_TRY_VOID(add(s.number, {}));
      HEJNAL_TRY(const auto merged, store_.merged_cases_of_email(mail_.from.email, 5));
      for (const auto& s : merged) HEJNAL_TRY_VOID(add_merged(s, out));
      HEJNAL_TRY(const auto missing, store_.cases_without_email(20));
      for (const auto& s : missing) HEJNAL_TRY_VOID(add(s.number, {}));
      // However late: its SMS need not be among the latest ones that wait.
      for (std::size_t i = 0; i < std::min(facts.phones.size(), kPhonesMax); ++i) {
        HEJNAL_TRY(const auto of_phone, store_.open_cases_of_phone(facts.phones[i], 5));
        for (const auto& s : of_phone) {
          if (s.email_missing) HEJNAL_TRY_VOID(add(s.number, {}));
        }
      }
      for (core::Candidate& c : out) {
        if (c.email_missing || c.referred || c.through != 0 || !core::may_be_awaited(c, facts)) continue;
        HEJNAL_TRY(const auto announced, store_.announcement(c.number));
        c.email_missing = announced && !announced->late_ms;
      }
    }
    // A case of somebody else that only lacks its email is no candidate for this sender: matching sees to
    // that.
    if (mail_.report_code.empty()) return out;
    for (core::Candidate& c : out) {
      HEJNAL_TRY(const auto all, desk_.reports_of(c.number));
      c.other_report = !all.empty() && std::none_of(all.begin(), all.end(), [&](const Desk::ReportName& one) {
        return one.code == mail_.report_code;
      });
    }
    return out;
  }

  // What was sent again may have opened a case that lives on in another one: that one, in its words.
  Status add_merged(const ports::CaseSummary& merged, std::vector<core::Candidate>& out) {
    HEJNAL_TRY(const core::CaseNumber number, desk_.living(merged.number));
    HEJNAL_TRY(const auto summary, store_.summary(number));
    if (!summary || summary->state == core::State::closed || out.size() >= kCandidatesMax) return {};
    HEJNAL_TRY(core::Candidate c, desk_.candidate(*summary));
    HEJNAL_TRY_VOID(as_it_was(c, merged.number));
    out.push_back(std::move(c));
    return {};
  }

  // A case that lives on in another one, as its own client knows it.
  Status as_it_was(core::Candidate& c, core::CaseNumber merged) {
    HEJNAL_TRY(const auto summary, store_.summary(merged));
    HEJNAL_TRY(ports::ClientWords words, store_.client_words(merged));
    c.base_subject = std::move(words.base_subject);
    c.words_text = std::move(words.text);
    if (summary && (!summary->client.email.empty() || !summary->client.phone.empty()))
      c.client = summary->client;
    c.through = merged;
    c.email_missing = false;
    return {};
  }

  Desk& desk_;
  ports::Store& store_;
  const ports::IncomingMail& mail_;
  Instant now_;
  std::optional<ports::Store::Earlier> earlier_;
  Filed filed_;
};

Result<core::Candidate> Desk::candidate(const ports::CaseSummary& summary) {
  core::Candidate c;
  c.number = summary.number;
  c.state = summary.state;
  c.email_missing = summary.email_missing;
  c.opened_at = summary.opened_at;
  c.sent_at = summary.sent_at;
  c.client = summary.client;
  HEJNAL_TRY(ports::ClientWords words, parts_.store.client_words(summary.number));
  c.base_subject = words.base_subject;
  c.words_text = std::move(words.text);
  HEJNAL_TRY(c.participants, parts_.store.participants(summary.number));
  return c;
}

Result<Filed> Desk::receive(const ports::IncomingMail& mail) { return MailFiler(*this, mail).file(); }

}  // namespace hejnal::desk
