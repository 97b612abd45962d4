// The procedure seen from the client's side: what is hers to do next, and when; and what she may expect of a
// report that she is about to send. Pure; the client's pages show it, and the desk asks before it believes a
// press of a button.
#pragma once

#include <optional>

#include "core/case.hpp"
#include "core/procedure.hpp"

namespace hejnal::core {

struct ClientNext {
  enum class What {
    type_text,        // the email that an SMS has announced has not come
    answer_question,  // we have asked something
    wait,             // nothing: the desk is told again and again by itself
    remind,           // say that there is no answer yet; `at`: from when on
    look,             // our answer is there: silence means that it is good
    nothing,          // it is settled, and can be opened again by a word
    write_anew,       // it is closed
  };
  What what = What::wait;
  std::optional<Instant> at;  // of remind; of look and nothing: when silence ends it

  bool operator==(const ClientNext&) const = default;
};

// `procedure`: the one that the case runs under.
ClientNext client_next(const Procedure& procedure, const Case& c);
// She may say now that there is no answer yet.
bool may_remind(const Procedure& procedure, const Case& c, Instant now);

// Of a report of that class that is sent now.
struct Outlook {
  bool told_at_once = false;  // who is on call
  Instant react_by, answer_by;
  std::optional<Instant> remind_at;  // the client's second step, if the class has one
};
Outlook outlook(const ServiceClass& service, Instant now);

}  // namespace hejnal::core
