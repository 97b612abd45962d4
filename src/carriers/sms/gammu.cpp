// A modem behind gammu-smsd 1.42, FILES backend. An SMS leaves as a file in its outbox, written under another
// name and renamed, so that it is never seen by halves; the file's name holds the key, so the same SMS twice
// is one file as long as gammu has not taken it. What comes in is brought by packaging/hejnal-gammu
// (RunOnReceive), and so is what became of an SMS (RunOnSent, RunOnFailure).
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/text.hpp"
#include "carriers/sms/detail.hpp"

namespace hejnal::carriers::sms {

namespace {

namespace fs = std::filesystem;

// UTF-16 with its mark: what gammu reads without looking at a locale.
std::string utf16le(std::string_view text) {
  std::string out = "\xFF\xFE";
  const auto unit = [&out](char32_t u) {
    out += static_cast<char>(u & 0xFF);
    out += static_cast<char>(u >> 8 & 0xFF);
  };
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (c > 0xFFFF) {
      unit(0xD800 + ((c - 0x10000) >> 10));
      unit(0xDC00 + ((c - 0x10000) & 0x3FF));
    } else {
      unit(c);
    }
  }
  return out;
}

class Gammu final : public Gateway {
 public:
  explicit Gammu(GatewaySettings settings) : settings_(std::move(settings)) {}

  const std::string& name() const override { return settings_.name; }
  bool recognises_repeats() const override { return false; }

  void send(const ports::OutgoingSms& sms, std::function<void(ports::SmsResult)> done) override {
    // OUT<priority><date>_<time>_<serial>_<recipient>_<note>.<ext>; d asks for a delivery report.
    std::string note = sms.key;
    std::replace(note.begin(), note.end(), '.', '-');
    const std::string when = format_rfc3339(sms.since);  // 2026-11-23T09:00:00.000Z
    const std::string name = fmt::format(
        "OUT{}{}{}{}_{}{}{}_00_{}_{}.txtd", sms.to_desk ? 'A' : 'G', when.substr(0, 4), when.substr(5, 2),
        when.substr(8, 2), when.substr(11, 2), when.substr(14, 2), when.substr(17, 2), sms.to, note);
    const fs::path folder = settings_.spool, draft = folder / fmt::format(".hejnal-{}", note);
    std::error_code error;
    {
      std::ofstream out(draft, std::ios::binary | std::ios::trunc);
      out << utf16le(sms.text);
      out.close();
      if (!out) {
        fs::remove(draft, error);
        return done({Outcome::our_mistake, {}, fmt::format("{} cannot be written", draft.string())});
      }
    }
    fs::permissions(
        draft,
        fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read | fs::perms::group_write,
        error);
    fs::rename(draft, folder / name, error);
    if (error)
      return done({Outcome::our_mistake, {}, fmt::format("{}: {}", folder.string(), error.message())});
    done({Outcome::handed_over, name, {}});
  }

  Result<Heard> hear(const ports::Request& request, std::string_view what) override {
    const wire::FormFields fields = fields_of(request);
    const auto value = [&](std::string_view name) { return wire::field(fields, name); };
    Heard heard;
    if (what == "report") {
      // The file's name comes back: …_hejnal-5-2-abcd.txtd
      std::string_view file = value("file");
      const auto note = file.rfind("_hejnal-");
      if (note == std::string_view::npos) return heard;  // not one of ours
      std::string key(file.substr(note + 1));
      key.erase(std::min(key.find('.'), key.size()));
      std::replace(key.begin(), key.end(), '-', '.');
      ports::SmsReport report;
      report.key = key;
      if (value("state") == "failed") {
        report.state = core::NoticeState::failed;
        report.text = "the modem could not send it";
      }
      heard.reports.push_back(std::move(report));
      return heard;
    }
    if (value("from").empty()) return fail(Fault::malformed, "expected from, text and id");
    heard.messages.push_back(heard_sms(settings_, value("from"), value("to"), value("text"),
                                       id_of({value("id"), value("from"), value("text")})));
    return heard;
  }

 private:
  const GatewaySettings settings_;
};

}  // namespace

std::unique_ptr<Gateway> gammu(GatewaySettings settings) {
  return std::make_unique<Gammu>(std::move(settings));
}

}  // namespace hejnal::carriers::sms
