// The words of the procedure in force: those of another one take their place while the desk goes on.
#pragma once

#include <memory>
#include <utility>

#include "ports/letters.hpp"

namespace hejnal::app {

// Asked and changed on the ledger thread.
class SwitchWording final : public ports::Wording {
 public:
  explicit SwitchWording(std::shared_ptr<const ports::Wording> first) : now_(std::move(first)) {}
  void change(std::shared_ptr<const ports::Wording> next) { now_ = std::move(next); }

  ports::Words words(const core::Notice& notice, Instant now) const override {
    return now_->words(notice, now);
  }
  std::string together(const std::vector<core::Notice>& alerts) const override {
    return now_->together(alerts);
  }

 private:
  std::shared_ptr<const ports::Wording> now_;
};

}  // namespace hejnal::app
