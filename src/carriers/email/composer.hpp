// A letter becomes the bytes of an email, with what RFC 3834 asks of automatic mail. Thread-safe.
#pragma once

#include <string>

#include "ports/letters.hpp"

namespace hejnal::carriers {

struct ComposerSettings {
  std::string name, address;  // of the desk
  std::string zone = "Etc/UTC";
  std::string
      delimiter;  // "+" where the mail server takes address+detail: bounces then name their mail (VERP)
};

class EmailComposer final : public ports::Composer {
 public:
  explicit EmailComposer(ComposerSettings settings) : settings_(std::move(settings)) {}
  ports::ComposedMail compose(const ports::Letter& letter) const override;
  // The envelope sender that compose() gives it, without the rest. Automatic mail has the null reverse-path,
  // or one that names the mail and is never answered (RFC 3834, 3.3).
  std::string envelope_from(const ports::Letter& letter) const;

 private:
  ComposerSettings settings_;
};

}  // namespace hejnal::carriers
