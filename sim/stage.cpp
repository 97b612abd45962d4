#include "sim/stage.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "sim/letters.hpp"
#include "sim/node.hpp"
#include "sim/random.hpp"
#include "sim/scenario.hpp"

namespace hejnal::sim {

namespace {

struct NobodyWatches final : StoreWatcher {
  void before_commit(const std::vector<WrittenTurn>&) override {}
  void after_commit(std::vector<WrittenTurn>) override {}
  void commit_failed(std::vector<WrittenTurn>) override {}
};

struct Left {
  ports::Outgoing outgoing;
  Instant at;
  bool named = false;
};

class PerfectCarrier final : public ports::Dispatcher {
 public:
  explicit PerfectCarrier(VirtualClock& clock) : clock_(clock) {}
  void send(ports::Outgoing outgoing, std::function<void(ports::SendResult)> done) override {
    left.push_back({std::move(outgoing), clock_.now()});
    done({ports::SendResult::Outcome::handed_over, 250, "taken"});
  }
  std::vector<Left> left;

 private:
  VirtualClock& clock_;
};

std::string words_of(core::NoticeKind kind) {
  std::string out(to_string(kind));
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

std::string describe(const ports::Outgoing& o) {
  return fmt::format("{} to {}: {} (case {})", to_string(o.notice.channel), o.notice.to,
                     words_of(o.notice.kind), o.notice.number);
}

class Stage {
 public:
  Stage(const std::string& name, StoreKind kind)
      : name_(name),
        dice_(1),
        carrier_(clock_),
        node_({}, make_disk(kind, "stage"), clock_, dice_, carrier_, nobody_) {}

  Status play(const std::vector<StoryLine>& story) {
    clock_.real = story.front().at;
    HEJNAL_TRY_VOID(node_.start());
    for (const StoryLine& line : story) {
      HEJNAL_TRY_VOID(run_until(line.at));
      line_ = &line;
      HEJNAL_TRY_VOID(std::visit([this](const auto& s) { return act(s); }, line.statement));
      HEJNAL_TRY_VOID(settle());
    }
    if (const Left* extra = unnamed())
      return fail(Fault::conflict, "{}:{}: expected nothing more, happened: {}", name_, line_->line,
                  describe(extra->outgoing));
    return {};
  }

 private:
  tl::unexpected<Error> unlike(const std::string& happened) const {
    return fail(Fault::conflict, "{}:{}: expected: {}, happened: {}", name_, line_->line, line_->text,
                happened);
  }

  Status settle() {
    while (node_.ledger().step()) {
      const auto health = node_.ledger().health();
      if (!health.last_commit) return health.last_commit;
    }
    return {};
  }

  Status run_until(Instant target) {
    for (;;) {
      HEJNAL_TRY_VOID(settle());
      HEJNAL_TRY(const auto next, node_.desk().next_event());
      if (!next || *next > target) break;
      clock_.real = std::max(clock_.real, *next);
    }
    clock_.real = target;
    return settle();
  }

  Status run(desk::Ledger::Work work) {
    Status result = fail(Fault::retry_later, "it was never done");
    node_.ledger().submit(std::move(work), [&result](Status s) { result = std::move(s); });
    HEJNAL_TRY_VOID(settle());
    return result;
  }

  std::string new_id() { return fmt::format("<story.{}@client.example>", ++ids_); }

  Status deliver(ClientLetter letter, bool may_be_lost) {
    letter.to = "pomoc@wsparcie.example";
    letter.message_id = new_id();
    letter.date = clock_.real;
    if (may_be_lost && take_loss(core::Channel::email)) return {};
    if (may_be_lost && std::exchange(spam_, false)) letter.headers.emplace_back("X-Spam-Flag", "YES");
    const auto mail = carriers::read_delivery(write_letter(letter), node_.intake());
    return run([mail](desk::Desk& desk) -> Status {
      HEJNAL_TRY_VOID(desk.receive(mail));
      return {};
    });
  }

  bool take_loss(core::Channel channel) {
    const bool lost = lose_[channel];
    lose_[channel] = false;
    return lost;
  }

  Status act(const NumberBelongs& s) {
    return run([s](desk::Desk& desk) { return desk.store().learn_person({{}, s.email, s.phone, {}}); });
  }
  Status act(const ClientEmails& s) {
    last_[s.from] = s;
    return deliver({.from = s.from, .subject = s.subject, .text = s.text}, true);
  }
  Status act(const ClientResends& s) {
    const auto found = last_.find(s.from);
    if (found == last_.end()) return unlike(s.from + " has sent nothing yet");
    return deliver({.from = s.from, .subject = found->second.subject, .text = found->second.text}, true);
  }
  Status act(const ClientReplies& s) {
    const auto got = std::find_if(carrier_.left.rbegin(), carrier_.left.rend(),
                                  [&](const Left& l) { return l.outgoing.notice.to == s.from; });
    if (got == carrier_.left.rend()) return unlike(s.from + " has got no mail to reply to");
    ClientLetter letter{.from = s.from, .text = s.text};
    letter.subject = (s.automatic ? "Automatyczna odpowiedź: " : "Re: ") + got->outgoing.words.subject;
    letter.in_reply_to = got->outgoing.message_id;
    letter.null_sender = s.automatic;
    if (s.automatic) letter.headers = {{"Auto-Submitted", "auto-replied"}};
    return deliver(std::move(letter), !s.automatic);
  }
  Status act(const ClientTexts& s) {
    if (take_loss(core::Channel::sms)) return {};
    const ports::IncomingSms sms{new_id(), s.phone, s.text};
    return run([sms](desk::Desk& desk) -> Status {
      HEJNAL_TRY_VOID(desk.receive(sms));
      return {};
    });
  }
  Status act(const ClientCalls& s) {
    return run([s](desk::Desk& desk) -> Status {
      HEJNAL_TRY_VOID(desk.call({s.phone}));
      return {};
    });
  }
  Status act(const ClientTypes& s) {
    return run([s](desk::Desk& desk) -> Status {
      HEJNAL_TRY(const auto cases, desk.store().open_cases_of_phone(s.phone, 1));
      if (cases.empty()) return fail(Fault::not_found, "{} has no link to a page", s.phone);
      HEJNAL_TRY_VOID(desk.type_text(cases.front().number, {s.subject, s.text, {}}));
      return {};
    });
  }
  Status act(const ClientPresses& s) {
    const Status done = run([s](desk::Desk& desk) -> Status {
      HEJNAL_TRY(const auto cases, desk.store().open_cases_of_email(s.from, 1));
      if (cases.empty()) return fail(Fault::not_found, "{} has no link to a page", s.from);
      const core::CaseNumber link = cases.front().number;
      if (s.works) {
        HEJNAL_TRY_VOID(desk.works_again(link, "Działa."));
      } else {
        HEJNAL_TRY_VOID(desk.remind(link, "Nie ma jeszcze odpowiedzi."));
      }
      return {};
    });
    return done ? Status() : unlike(done.error().what);
  }
  Status act(const NextIsSpam&) {
    spam_ = true;
    return {};
  }
  Status act(const NextIsLost& s) {
    lose_[s.channel] = true;
    return {};
  }
  Status act(const AgentActs& s) {
    const core::AgentActed acted{.action = s.action,
                                 .agent = "agent",
                                 .text = s.text,
                                 .class_name = s.class_name,
                                 .channels = {},
                                 .delay = {},
                                 .other = 0};
    const Status done = run([acted](desk::Desk& desk) -> Status {
      HEJNAL_TRY_VOID(desk.act(1, acted));
      return {};
    });
    return done ? Status() : unlike(done.error().what);
  }
  Status act(const OutageActs& s) {
    const Status done = run([s](desk::Desk& desk) -> Status {
      using enum OutageActs::What;
      HEJNAL_TRY(const core::OutageId latest, desk.store().outages().last_id());
      switch (s.what) {
        case declares:
          HEJNAL_TRY_VOID(desk.declare_outage({"agent", s.title, s.text, {}, {}}));
          break;
        case updates:
          HEJNAL_TRY_VOID(desk.act(latest, core::outage::Update{"agent", s.text, {}}));
          break;
        case ends:
          HEJNAL_TRY_VOID(desk.act(latest, core::outage::End{"agent", s.text}));
          break;
        case attaches:
          HEJNAL_TRY_VOID(desk.act(latest, core::outage::Attach{"agent", s.number}));
          break;
      }
      return {};
    });
    return done ? Status() : unlike(done.error().what);
  }
  Status act(const CallbackActs& s) {
    using enum CallbackActs::What;
    const Status done = run([s](desk::Desk& desk) -> Status {
      core::callback::Signal signal = core::callback::Take{s.agent};
      if (s.what == tries) signal = core::callback::Try{s.agent, {}, s.result};
      if (s.what == writes_off) signal = core::callback::WriteOff{s.agent, s.text};
      if (s.what == settles) signal = core::callback::Settle{s.agent};
      HEJNAL_TRY_VOID(desk.act(s.id, signal));
      return {};
    });
    if (s.what == cannot_take)
      return !done && done.error().fault == Fault::conflict ? Status() : unlike("it could be taken");
    return done ? Status() : unlike(done.error().what);
  }
  Status act(const CallbackIs& s) {
    HEJNAL_TRY(const core::Callback c, node_.desk().store().callbacks().load(s.id));
    if (!c.exists()) return unlike(fmt::format("there is no callback {}", s.id));
    return c.state == s.state ? Status() : unlike(fmt::format("callback {} is {}", s.id, to_string(c.state)));
  }
  Status act(const ExpectNotice& s) {
    std::string happened = "nothing";
    for (Left& left : carrier_.left) {
      if (left.named) continue;
      if (fits(left.outgoing, s)) {
        left.named = true;
        return {};
      }
      happened = (happened == "nothing" ? "" : happened + "; ") + describe(left.outgoing);
    }
    return unlike(happened);
  }
  Status act(const ExpectNothing&) {
    const Left* extra = unnamed();
    return extra ? Status(unlike(describe(extra->outgoing))) : Status();
  }
  Status act(const CaseIs& s) {
    HEJNAL_TRY(const auto journal, node_.desk().store().journal(s.number));
    if (journal.empty()) return unlike(fmt::format("there is no case {}", s.number));
    const core::Case c = core::replay(journal);
    const bool same = c.state == s.state && (s.class_name.empty() || c.class_name == s.class_name) &&
                      (s.step == 0 || c.step == s.step) && (!s.email_missing || c.email_missing);
    if (same) return {};
    return unlike(fmt::format("case {} is {}, class {}, step {}{}", s.number, to_string(c.state),
                              c.class_name, c.step, c.email_missing ? ", email missing" : ""));
  }

  bool fits(const ports::Outgoing& o, const ExpectNotice& s) const {
    std::string to = s.to;
    if (to == "on-call") to = s.channel == core::Channel::email ? "dyzur@wsparcie.example" : "+48600000001";
    return o.notice.channel == s.channel && o.notice.to == to && o.notice.kind == s.kind &&
           (o.words.subject + "\n" + o.words.text).find(s.containing) != std::string::npos;
  }

  const Left* unnamed() const {
    const auto found = std::find_if(carrier_.left.begin(), carrier_.left.end(),
                                    [](const Left& left) { return !left.named; });
    return found == carrier_.left.end() ? nullptr : &*found;
  }

  const std::string& name_;
  VirtualClock clock_;
  Dice dice_;
  PerfectCarrier carrier_;
  NobodyWatches nobody_;
  Node node_;
  const StoryLine* line_ = nullptr;
  std::map<std::string, ClientEmails> last_;
  std::map<core::Channel, bool> lose_;
  bool spam_ = false;
  int ids_ = 0;
};

}  // namespace

Status play_scenario(std::string_view text, const std::string& name, StoreKind kind) {
  HEJNAL_TRY(const auto story, read_scenario(text, name));
  return Stage(name, kind).play(story);
}

}  // namespace hejnal::sim
