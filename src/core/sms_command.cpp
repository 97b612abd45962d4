#include "core/sms_command.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace hejnal::core {

namespace {

constexpr Duration kCodeRests = 12h;  // before another case gets it

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Case, spaces and punctuation around it do not count.
std::string bare(std::string_view text) {
  std::string out = fold(text);
  const auto noise = [](char c) {
    return std::string_view(" \t\r\n.,;:!?\"'()").find(c) != std::string_view::npos;
  };
  while (!out.empty() && noise(out.back())) out.pop_back();
  out.erase(0, static_cast<std::size_t>(std::find_if_not(out.begin(), out.end(), noise) - out.begin()));
  return out;
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// "R 601 234 567", "r601234567", "R: +48 601-234-567"
std::optional<std::string> called_number(std::string_view text) {
  if (text.empty() || (text.front() != 'R' && text.front() != 'r')) return std::nullopt;
  std::string_view number = trim(text.substr(1));
  if (number.starts_with(':')) number = trim(number.substr(1));
  const auto digits = std::count_if(number.begin(), number.end(), is_digit);
  const bool only_number = number.find_first_not_of("+0123456789 ()-./") == std::string_view::npos;
  if (digits < 3 || !only_number) return std::nullopt;
  return std::string(number);
}

}  // namespace

bool is_telephone(std::string_view number) {
  return number.size() > 1 && number.front() == '+' &&
         number.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

std::string no_telephone(std::string_view sender) {
  return fmt::format(
      "\"{}\" is a sender's name or a short code, not a telephone: it cannot be answered by SMS", sender);
}

ContactWord contact_word(std::string_view text) {
  if (text.size() > 40) return ContactWord::none;
  const std::string word = bare(text);
  constexpr std::array<std::string_view, 8> kStop = {"stop", "stopall", "unsubscribe", "cancel",
                                                     "end",  "quit",    "rezygnuje",   "wypisz"};
  constexpr std::array<std::string_view, 2> kStart = {"start", "unstop"}, kHelp = {"help", "info"};
  if (is_one_of(word, kStop)) return ContactWord::stop;
  if (is_one_of(word, kStart)) return ContactWord::start;
  return is_one_of(word, kHelp) ? ContactWord::help : ContactWord::none;
}

std::string alert_code(int slot, Action action) {
  const int last = action == Action::start ? 2 : 1;
  return slot == 0 ? fmt::format("{}", last) : fmt::format("{}{}", slot, last);
}

DeskCommand read_desk_command(std::string_view text) {
  text = trim(text);
  DeskCommand out;
  out.text = std::string(text);
  if (auto number = called_number(text)) {
    out.kind = DeskCommand::Kind::rejected_call;
    out.text = std::move(*number);
    return out;
  }
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  if (digits == 0) return out;
  const std::string_view after = text.substr(digits);
  const bool alone = bare(after).empty();
  const bool a_word_of_its_own = after.empty() || !(static_cast<unsigned char>(after.front()) & 0x80);
  const char last = text[digits - 1];
  const bool a_code = digits <= 3 && text.front() != '0' && (last == '1' || last == '2') && a_word_of_its_own;
  if (a_code) {
    int slot = 0;
    for (const char c : text.substr(0, digits - 1)) slot = slot * 10 + (c - '0');
    out.slot = slot;
    out.action = last == '1' ? Action::read : Action::start;
  }
  if (alone) out.kind = a_code ? DeskCommand::Kind::act : DeskCommand::Kind::unclear;
  // "2 serwery stoją" is a note, and so is "11 jadę": only the second surely begins with a code, but it does
  // no harm to look there first.
  if (!alone && a_code && *out.slot == 0) out.slot.reset();
  return out;
}

bool may_rest(const AlertCode& code, Instant now) { return now - code.printed_at > kCodeRests; }

int slot_for(CaseNumber number, const std::vector<AlertCode>& printed, const std::vector<CaseNumber>& open,
             Instant now) {
  const AlertCode* oldest = nullptr;
  for (const AlertCode& code : printed) {
    if (code.number == number) return code.slot;
    if (!oldest || code.printed_at < oldest->printed_at) oldest = &code;
  }
  for (int slot = 0; slot < kSlotsMax; ++slot) {
    const auto taken = std::find_if(printed.begin(), printed.end(),
                                    [slot](const AlertCode& code) { return code.slot == slot; });
    if (taken == printed.end()) return slot;
    const bool is_open = std::find(open.begin(), open.end(), taken->number) != open.end();
    if (!is_open && may_rest(*taken, now)) return slot;
  }
  return oldest->slot;
}

std::optional<OpenQuestion> question_answered(std::string_view text, const std::vector<OpenQuestion>& open) {
  constexpr int kFewWords = 5;
  if (open.size() != 1) return std::nullopt;
  if (text.find('@') != std::string_view::npos) return std::nullopt;
  std::string word;
  int words = 0;
  bool complains = false;
  const std::string folded = fold(text) + " ";
  for (const char c : folded) {
    const bool part =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (static_cast<unsigned char>(c) & 0x80) != 0;
    if (part) {
      word += c;
      continue;
    }
    for (const char* email : {"mail", "email", "mejl", "ponawiam", "ponowi"}) {
      if (word.starts_with(email)) return std::nullopt;
    }
    for (const char* complaint : {"dziala", "dalej", "znow", "nadal", "wciaz", "still", "again", "work"})
      complains = complains || word.starts_with(complaint);
    words += word.empty() ? 0 : 1;
    word.clear();
  }
  if (words > kFewWords || complains) return std::nullopt;
  return open.front();
}

}  // namespace hejnal::core
