// What an SMS can say beside a report: STOP, START and HELP of anybody, and the short answers of a person on
// call to an alert. Pure reading; what follows from it is decided by the desk and by `decide`.
//
// Any bytes of strangers reach this. A sender's number is easily forged, so nothing here can do more than
// read, start, note and record a call.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "core/types.hpp"

namespace hejnal::core {

// Whether a number can get an SMS at all; what it says when it cannot: a name ("ORANGE") or a short code is
// nobody's telephone.
bool is_telephone(std::string_view number);
std::string no_telephone(std::string_view sender);

// As a whole message only: "stop, serwer stoi" is a report. So is POMOC, which may well be a cry for help.
enum class ContactWord { none, stop, start, help };
ContactWord contact_word(std::string_view text);

// An alert's code for one person: 1 and 2 in slot 0, 11 and 12 in slot 1, 21 and 22 in slot 2 ...
inline constexpr int kSlotsMax = 100;
std::string alert_code(int slot, Action action);  // read ends in 1, start in 2

struct DeskCommand {
  enum class Kind {
    act,            // a code and nothing else: `action`, in `slot`
    note,           // words; `slot` when a code stands before them
    rejected_call,  // R and a number
    unclear,        // a number that is no code
  };
  Kind kind = Kind::note;
  Action action = Action::read;
  std::optional<int> slot;
  std::string text;  // of a note, all of it; of a call the number as it was written
};
DeskCommand read_desk_command(std::string_view text);

// A code that was printed for a person.
struct AlertCode {
  int slot = 0;
  CaseNumber number = 0;
  Instant printed_at;

  bool operator==(const AlertCode&) const = default;
};

// Long ago: what it means may be forgotten, if its case owes nothing any more.
bool may_rest(const AlertCode& code, Instant now);

// Under which slot the alert of a case is printed. A case keeps the one it has; another's is taken over only
// when that case owes nothing any more (`open` says so) and its code was printed long ago: somebody may
// answer an SMS that he has just found. With none left the one printed longest ago is.
int slot_for(CaseNumber number, const std::vector<AlertCode>& printed, const std::vector<CaseNumber>& open,
             Instant now);

// A question of ours that a client has not answered yet.
struct OpenQuestion {
  CaseNumber number = 0;
  CaseNumber through = 0;  // the merged case that this client knows; 0: the case's own client
  Instant asked_at;
};

// The question that an SMS without a short code answers: the only open one to that number, where the SMS is a
// few words ("tak", "pokój 214"). Not when it speaks of an email (then it announces one, which may be lost,
// and must not hide here), nor when it complains: that may be about anything. Nothing: the message is to be
// matched like any other, by what it says.
std::optional<OpenQuestion> question_answered(std::string_view text, const std::vector<OpenQuestion>& open);

}  // namespace hejnal::core
