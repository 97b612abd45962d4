#include "carriers/phone/sip.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "carriers/phone/caller.hpp"
#include "wire/form/form.hpp"
#include "wire/sms/number.hpp"

namespace hejnal::carriers::phone {

namespace {

constexpr std::size_t kIdMax = 100, kDialledMax = 40, kKnownMax = 20'000;

// "Jan" <sip:+48601@host;user=phone>;party=calling: what stands between the brackets, or all of it.
std::string_view address_in(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && quoted) {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == '<' && !quoted) {
      text.remove_prefix(i + 1);
      return text.substr(0, text.find('>'));
    }
  }
  return trim(text);
}

struct Address {
  std::string user;     // unescaped; of tel: the number
  std::string context;  // the calling code of its phone-context
};

Address read_address(std::string_view uri) {
  const bool is_tel = uri.size() >= 4 && iequals(uri.substr(0, 4), "tel:");
  if (const auto colon = uri.find(':'); colon != std::string_view::npos && colon <= 4)
    uri.remove_prefix(colon + 1);
  const auto at = is_tel ? std::string_view::npos : uri.find('@');
  const std::string_view host = at == std::string_view::npos ? std::string_view() : uri.substr(at + 1);
  // Parameters of a number stand in the user part, those of the address behind the host.
  const std::string_view user = is_tel                         ? uri
                                : at == std::string_view::npos ? std::string_view()
                                                               : uri.substr(0, at);
  Address out;
  out.user = wire::bytes_of_percent(user.substr(0, user.find(';')));
  if (const auto password = out.user.find(':'); password != std::string::npos) out.user.erase(password);
  for (const std::string_view text : {user, host}) {
    for (const std::string_view part : split(text, ';')) {
      constexpr std::string_view kContext = "phone-context=+";
      if (part.size() <= kContext.size() || !iequals(part.substr(0, kContext.size()), kContext)) continue;
      const std::string_view code = part.substr(kContext.size());
      if (code.size() <= 3 && code.find_first_not_of("0123456789") == std::string_view::npos)
        out.context = code;
    }
  }
  return out;
}

std::string number_of(std::string_view text, const std::string& country) {
  const Address address = read_address(address_in(text));
  if (address.user.empty() || iequals(address.user, "anonymous")) return {};
  if (address.user == "+266696687") return {};  // "ANONYMOUS" on a keypad
  return number_of_caller(address.user, address.context.empty() ? country : address.context);
}

bool wants_privacy(std::string_view privacy) {
  for (const std::string_view one : split(privacy, ';')) {
    const std::string word = to_lower_ascii(trim(one));
    if (word == "id" || word == "user" || word == "header") return true;
  }
  return false;
}

// Plain letters: exchanges show these words on telephones, or write them into logs.
const char* words_of(core::CallReason reason, bool can_be_called, bool polish) {
  switch (reason) {
    case core::CallReason::repairing:
      if (!can_be_called)
        return polish ? "Naprawiamy awarie, prosimy napisac" : "We are repairing, please write";
      return polish ? "Naprawiamy awarie, oddzwonimy" : "We are repairing and will call back";
    case core::CallReason::no_calls:
      if (!can_be_called) return polish ? "Nie odbieramy, prosimy napisac" : "We take no calls, please write";
      return polish ? "Nie odbieramy, oddzwonimy" : "We take no calls and will call back";
    case core::CallReason::nobody:
    case core::CallReason::rings_there:
      break;
  }
  if (!can_be_called)
    return polish ? "Nikt nie moze odebrac, prosimy napisac" : "Nobody can answer, please write";
  return polish ? "Nikt nie moze odebrac, oddzwonimy" : "Nobody can answer, we will call back";
}

bool is_host(std::string_view text) {
  return !text.empty() && text.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                              ".-_:[]") == std::string_view::npos;
}

}  // namespace

SipCaller read_invite(const SipSettings& settings, const ports::SipInvite& invite) {
  SipCaller out;
  const bool trusted =
      std::find(settings.trusted.begin(), settings.trusted.end(), invite.source) != settings.trusted.end();
  if (!wants_privacy(invite.privacy)) {
    std::vector<std::string_view> said;
    if (trusted) {
      said.assign(invite.asserted.begin(), invite.asserted.end());
      said.push_back(invite.remote_party);
    }
    said.push_back(invite.from);
    for (const std::string_view one : said) {
      out.from = number_of(one, settings.country);
      if (!out.from.empty()) break;
    }
    for (const std::string_view one : said) {
      if (!out.from.empty() || !out.given.empty()) break;
      out.given = no_number(read_address(address_in(one)).user);
    }
  }
  const std::string dialled = read_address(address_in(invite.request_uri)).user;
  out.to = wire::e164(dialled, settings.country);
  if (out.to.empty()) out.to = one_line(truncate_utf8(sanitize_utf8(dialled), kDialledMax));
  const std::string id = one_line(sanitize_utf8(invite.call_id));
  out.id = "sip:" + (id.size() <= kIdMax ? id : sha256_hex(invite.call_id));
  return out;
}

ports::SipAnswer sip_answer(const SipSettings& settings, const ports::SipInvite& invite,
                            const SipCaller& caller, const core::CallDecision& decision) {
  ports::SipAnswer out;
  if (decision.redirect) {
    // A number as a person has written it may stand there; the Contact takes its digits alone.
    std::string number;
    for (const char c : decision.to) {
      if ((c >= '0' && c <= '9') || (c == '+' && number.empty())) number += c;
    }
    const std::string peer =
        invite.source.find(':') == std::string::npos ? invite.source : "[" + invite.source + "]";
    const std::string& host = is_host(settings.redirect_host) ? settings.redirect_host : peer;
    return {302, "Moved Temporarily", {{"Contact", fmt::format("<sip:{}@{};user=phone>", number, host)}}};
  }
  const bool busy = settings.reject_with == 486;
  out.status = busy ? 486 : 603;
  out.reason = busy ? "Busy Here" : "Decline";
  // 17: user busy, 21: call rejected (Q.850; RFC 6432 has it in responses).
  out.headers = {
      {"Reason", fmt::format("Q.850;cause={};text=\"{}\"", busy ? 17 : 21,
                             words_of(decision.reason, !caller.from.empty(), settings.language == "pl"))}};
  return out;
}

ports::SipAnswer sip_hung_up() { return {487, "Request Terminated", {}, true}; }

ports::SipAnswer sip_not_kept() { return {503, "Service Unavailable", {{"Retry-After", "10"}}}; }

ports::SipAnswer sip_too_many(Duration retry_after) {
  return {480, "Temporarily Unavailable", {{"Retry-After", std::to_string(retry_after / 1s)}}};
}

bool FloodGuard::take(Bucket& bucket, bool is_new, double size, double per_s, Instant now) {
  const double passed_s = is_new ? 0 : static_cast<double>((now - bucket.at).count()) / 1000;
  bucket.level = is_new ? size : std::min(size, bucket.level + std::max(0.0, passed_s) * per_s);
  bucket.at = now;
  if (bucket.level < 1) return false;
  bucket.level -= 1;
  return true;
}

bool FloodGuard::take(Buckets& buckets, const std::string& key, double size, double per_s, Instant now) {
  if (buckets.size() >= kKnownMax) {
    // Whoever's bucket is full again is as if never seen. Where none is, all are forgotten: memory is
    // bounded.
    std::erase_if(buckets, [&](const auto& one) {
      const double passed_s = static_cast<double>((now - one.second.at).count()) / 1000;
      return one.second.level + passed_s * per_s >= size;
    });
    if (buckets.size() >= kKnownMax) buckets.clear();
  }
  const auto [found, is_new] = buckets.try_emplace(key);
  return take(found->second, is_new, size, per_s, now);
}

FloodGuard::Verdict FloodGuard::admit(const std::string& address, const std::string& caller, Instant now) {
  const double per_minute = limits_.per_caller_per_min;
  const std::string who = caller.empty() ? "from " + address : caller;
  // The narrowest first: who is turned away for himself takes nothing from the others.
  if (!take(callers_, who, per_minute, per_minute / 60, now)) {
    ++counts_.caller;
    return Verdict::caller;
  }
  if (!take(addresses_, address, limits_.per_address_per_s, limits_.per_address_per_s, now)) {
    ++counts_.address;
    return Verdict::address;
  }
  const bool first = !std::exchange(begun_, true);
  if (!take(total_, first, limits_.total_per_s, limits_.total_per_s, now)) {
    ++counts_.total;
    return Verdict::total;
  }
  return Verdict::fine;
}

}  // namespace hejnal::carriers::phone
