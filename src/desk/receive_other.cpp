// SMS, calls, and what is typed into a page.
#include <fmt/core.h>

#include <algorithm>

#include "base/text.hpp"
#include "desk/desk.hpp"

namespace hejnal::desk {

namespace {

ports::Message incoming(core::CaseNumber number, core::Channel channel, std::string from, std::string text,
                        Instant at, bool opened, std::string why) {
  ports::Message m;
  m.number = number;
  m.channel = channel;
  m.from = std::move(from);
  m.text = std::move(text);
  m.at = at;
  m.state = opened ? "opened" : "joined";
  m.join_reason = std::move(why);
  return m;
}

}  // namespace

Result<Filed> Desk::receive(const ports::IncomingSms& sms) {
  const std::string id = sms.id.empty() ? std::string() : "sms:" + sms.id;
  HEJNAL_TRY(const auto seen, parts_.store.seen(id, "sms"));
  if (seen) {
    // The same call twice is one SMS. An id that comes with other words was made by somebody else.
    HEJNAL_TRY(const auto before, parts_.store.message(seen->message));
    if (before && !sms.in_parts && (before->text != sms.text || before->from != sms.from))
      return fail(Fault::refused, "the SMS \"{}\" was here before, with other words", sms.id);
    HEJNAL_TRY_VOID(parts_.store.came_again(seen->message, now()));
    return Filed{0, seen->message, true};
  }

  HEJNAL_TRY(const auto command, sms_command(sms));
  if (command) return *command;
  HEJNAL_TRY(const core::CallbackId offers, client_says(core::Channel::sms, sms.from, {}, sms.text));
  if (offers != 0 && core::says_only_that_it_works(sms.text)) {
    // Who has a case under way says it there, too; of nobody else it is a new matter.
    HEJNAL_TRY(const auto open, parts_.store.open_cases_of_phone(sms.from, 1));
    if (open.empty()) {
      Filed filed;
      HEJNAL_TRY(filed.message,
                 keep_sms(sms, 0, false, fmt::format("it offers to settle callback {}", offers)));
      HEJNAL_TRY_VOID(parts_.store.set_looked_at(filed.message, now()));
      return filed;
    }
  }
  return file_sms(sms, id);
}

Status Desk::note_claimed_number(const std::string& phone, const std::string& email,
                                 core::MessageId message) {
  if (phone.empty() || email.empty()) return {};
  return parts_.store.note_number({0, phone, email, "page", message, now(), core::Standing::learnt, {}});
}

Result<Filed> Desk::report(const NewReport& report) {
  // A form is sent twice by a second press, by going back, or because the answer to it was lost.
  const std::string id = report.form.id.empty() ? std::string() : "web:form:" + report.form.id;
  if (!id.empty()) {
    HEJNAL_TRY(const auto seen, parts_.store.seen(id, "web"));
    if (seen) {
      HEJNAL_TRY(const auto before, parts_.store.message(seen->message));
      return Filed{before ? before->number : 0, seen->message, true};
    }
  }
  const core::ServiceClass* wanted = procedure_.find(report.class_name);
  if (!report.class_name.empty() && !wanted) {
    std::string known;
    for (const core::ServiceClass& c : procedure_.classes) known += (known.empty() ? "" : ", ") + c.id;
    return fail(Fault::malformed, "class: there is no class \"{}\"; the procedure has {}", report.class_name,
                known);
  }
  core::Reported signal;
  signal.from = report.client;
  signal.channel = report.channel;
  signal.subject = collapse_space(report.subject);  // a line break would end a header, and with it the tag
  signal.text = report.text;
  if (wanted) signal.hint = {wanted->id, fmt::format("{} has said so", report.by)};
  HEJNAL_TRY(core::Facts facts_now, facts(core::Case{}));
  facts_now.mentions = report.follows;
  HEJNAL_TRY_VOID(prepare_opening(facts_now));
  if (!report.client.email.empty())
    facts_now.automatic_budget = budget_.refusal(report.client.email, facts_now.number, now());
  ports::Message message = incoming(facts_now.number, report.channel,
                                    report.client.email.empty() ? report.client.phone : report.client.email,
                                    report.text, now(), true, {});
  message.subject = signal.subject;
  message.base_subject = signal.subject;
  message.message_id = id;
  message.content_key = id.empty() ? "" : "web";
  message.attachments = report.form.attachments;
  Filed filed;
  filed.number = facts_now.number;
  HEJNAL_TRY(filed.message, parts_.store.add_message(message, report.form.raw));
  signal.message = filed.message;
  // What anybody may type on a page is a claim; who holds a token of ours is believed.
  if (report.channel == core::Channel::web) {
    HEJNAL_TRY_VOID(note_claimed_number(report.client.phone, report.client.email, filed.message));
  } else {
    HEJNAL_TRY_VOID(parts_.store.learn_person(report.client));
  }
  if (!report.client.email.empty())
    HEJNAL_TRY_VOID(parts_.store.add_participants(filed.number, {report.client.email}));
  HEJNAL_TRY_VOID(turn(core::Case{}, signal, facts_now));
  return filed;
}

}  // namespace hejnal::desk
