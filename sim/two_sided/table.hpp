// The reason why there is a second channel, as numbers: of reports whose emails and SMS get lost at a given
// rate, how many are known to the desk ten minutes after each step of the procedure. The reporter is the real
// one; on the other side stands a person's mailbox and mobile phone, or the real desk. Nothing but loss
// happens here: no crash, no delay of more than seconds.
//
// Which message gets lost is spread evenly over the reports (a Halton sequence for each message of a report,
// turned by the seed) and does not depend on anything that the program draws, so the numbers change only when
// what the reporter does changes, and a cell can be computed alone.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace hejnal::sim::two_sided {

struct LossCell {
  bool two_hejnals = false;
  std::string class_name;
  int email_loss = 0;  // per cent
  int sms_loss = 0;    // kNoSms: there is no second channel
  static constexpr int kNoSms = -1;
  std::array<int, 3> known{};  // of LossTable::reports, at kLooks

  bool operator==(const LossCell&) const = default;
};

inline constexpr std::array<int, 3> kLookMinutes = {10, 130, 1450};  // after the report
inline constexpr std::array<int, 6> kLossRates = {0, 10, 20, 30, 40, 50};

struct LossTable {
  std::uint64_t seed = 1;
  int reports = 64;  // in each cell
  std::vector<LossCell> cells;

  const LossCell* find(bool two_hejnals, std::string_view class_name, int email_loss, int sms_loss) const;
};

// One world: its three classes; of two hejnals the routine one.
std::vector<LossCell> losses(std::uint64_t seed, int reports, bool two_hejnals, int email_loss, int sms_loss);
LossTable loss_table(std::uint64_t seed, int reports);

std::string to_text(const LossTable& table);
std::string to_json(const LossTable& table);
// A picture that carries its numbers with it: read_picture(picture(table)) is the table.
std::string picture(const LossTable& table);
Result<LossTable> read_picture(std::string_view svg);  // malformed

}  // namespace hejnal::sim::two_sided
