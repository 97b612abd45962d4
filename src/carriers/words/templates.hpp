// A notice becomes words. Templates are text files, one for each language, kind and channel, optionally for a
// class:
//
//   templates/pl/receipt.email.txt     templates/pl/receipt.email.critical.txt     templates/pl/alert.sms.txt
//
// The first line of an email's template is its subject ("Subject: ..."), an empty line follows, the rest is
// the text. {name} is replaced; a line whose only placeholder is empty is left out. docs/templates.md lists
// the names. What is built in is used where a company's folder has no file of that name.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "core/procedure.hpp"
#include "ports/letters.hpp"
#include "wire/sms/text.hpp"

namespace hejnal::carriers {

struct WordingSettings {
  std::string desk_name, sms_number, public_url, zone, language;
  std::string case_url = {};  // where the desk sees a case, without its number; empty: nowhere yet
  wire::Transliterate transliterate = wire::Transliterate::when_cheaper;  // of SMS
  std::string desk_email = {}, desk_phone = {};
};

class Templates final : public ports::Wording {
 public:
  // `own`: the company's files by name ("receipt.email.txt"); checked for unknown placeholders.
  static Result<Templates> load(WordingSettings settings, core::Procedure procedure,
                                const std::map<std::string, std::string>& own = {});

  ports::Words words(const core::Notice& notice, Instant now) const override;
  std::string together(const std::vector<core::Notice>& alerts) const override;

 private:
  Templates(WordingSettings settings, core::Procedure procedure)
      : settings_(std::move(settings)), procedure_(std::move(procedure)) {}
  const std::string* find(const core::Notice& notice) const;
  // What stands for {name}; empty where there is no such placeholder.
  std::optional<std::string> value(std::string_view name, const core::Notice& notice) const;
  std::string waits(const core::ServiceClass& shown) const;

  WordingSettings settings_;
  core::Procedure procedure_;
  std::map<std::string, std::string, std::less<>> files_;
};

}  // namespace hejnal::carriers
