#include "app/report_health.hpp"

#include <fmt/format.h>

namespace hejnal::app {

namespace {

constexpr Duration kFresh = 5s;
constexpr int kOpenMax = 1000;
constexpr std::size_t kNamedMax = 5;

const char* words_of(core::ReportTrouble trouble) {
  switch (trouble) {
    case core::ReportTrouble::none:
      return "are on their way";
    case core::ReportTrouble::held:
      return "are held, because there were too many at once";
    case core::ReportTrouble::stuck:
      return "cannot be handed over";
    case core::ReportTrouble::undelivered:
      return "do not get through";
    case core::ReportTrouble::late:
      return "were acknowledged and not answered in time";
    case core::ReportTrouble::unanswered:
      return "have been given up: every step was taken and nobody has reacted";
  }
  return "";
}

}  // namespace

void ReportHealth::look() {
  const Instant now = clock_.now();
  if (looked_at_ && now >= *looked_at_ && now - *looked_at_ < kFresh) return;
  looked_at_ = now;
  troubled_.clear();
  unreadable_.clear();
  open_reports_ = 0;
  const auto archive = open_();
  if (!archive) {
    unreadable_ = archive.error().what;
    return;
  }
  auto& records = (*archive)->reports().records();
  const auto ids = records.ids(true, kOpenMax, ports::Archive::kNewest);
  if (!ids) {
    unreadable_ = ids.error().what;
    return;
  }
  for (const core::ReportId id : *ids) {
    ++open_reports_;
    const auto r = records.load(id);
    if (!r) {
      unreadable_ = fmt::format("report {}: {}", id, r.error().what);
      continue;
    }
    if (const auto trouble = core::trouble_of(*r, now); trouble != core::ReportTrouble::none)
      troubled_[trouble].push_back(id);
  }
}

std::optional<api::ChannelHealth> ReportHealth::health() {
  const std::lock_guard lock(mutex_);
  look();
  if (!expected_ && open_reports_ == 0 && unreadable_.empty()) return std::nullopt;
  api::ChannelHealth out{"reports", "ok", fmt::format("{} open", open_reports_)};
  for (const auto& [trouble, ids] : troubled_) {
    std::string named;
    for (std::size_t i = 0; i < ids.size() && i < kNamedMax; ++i)
      named += fmt::format("{}{}", i == 0 ? "" : ", ", ids[i]);
    if (ids.size() > kNamedMax) named += " and more";
    out.state = "degraded";
    out.detail += fmt::format("; {} {} (report {})", ids.size(), words_of(trouble), named);
  }
  if (!unreadable_.empty()) {
    out.state = "degraded";
    out.detail += "; " + unreadable_;
  }
  return out;
}

std::map<core::ReportTrouble, std::int64_t> ReportHealth::counts() {
  const std::lock_guard lock(mutex_);
  look();
  std::map<core::ReportTrouble, std::int64_t> out;
  std::int64_t good = open_reports_;
  for (const auto& [trouble, ids] : troubled_) {
    out[trouble] = static_cast<std::int64_t>(ids.size());
    good -= out[trouble];
  }
  out[core::ReportTrouble::none] = good;
  return out;
}

}  // namespace hejnal::app
