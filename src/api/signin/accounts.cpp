#include "api/signin/accounts.hpp"

#include <algorithm>
#include <set>

#include "api/tokens.hpp"
#include "base/email_address.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "core/case_names.hpp"

namespace hejnal::api {

namespace {

constexpr std::size_t kNameMax = 100, kPasswordMin = 12;
constexpr std::size_t kSecretLetters = 40;  // 200 bits
constexpr std::size_t kLinksMax = 200;

bool is_administrator(const ports::UserRow& user) { return user.role == "administrator" && !user.disabled; }

Status leave_an_administrator(desk::Desk& desk, const ports::UserRow& without) {
  if (!is_administrator(without)) return {};
  HEJNAL_TRY(const auto users, desk.store().accounts().users());
  if (std::any_of(users.begin(), users.end(),
                  [&](const auto& user) { return user.id != without.id && is_administrator(user); }))
    return {};
  return fail(Fault::conflict, "\"{}\" is the only administrator; make another one first", without.name);
}

Result<std::string> add_link(desk::Desk& desk, ports::LinkRow link) {
  ports::Accounts& accounts = desk.store().accounts();
  HEJNAL_TRY_VOID(accounts.remove_expired({0}, desk.now()));
  HEJNAL_TRY(const auto links, accounts.links());
  if (links.size() >= kLinksMax)
    return fail(Fault::conflict, "{} links are open already; revoke some of them first", links.size());
  std::string secret = desk.random_text(core::kTokenAlphabet, kSecretLetters);
  link.hash = hash_of_link(secret);
  link.made_at = desk.now();
  link.expires_at = desk.now() + kLinkAge;
  HEJNAL_TRY_VOID(accounts.add_link(link));
  return secret;
}

Status remove_links(desk::Desk& desk, const std::function<bool(const ports::LinkRow&)>& is) {
  HEJNAL_TRY(const auto links, desk.store().accounts().links());
  for (const ports::LinkRow& link : links) {
    if (is(link)) HEJNAL_TRY_VOID(desk.store().accounts().remove_link(link.id));
  }
  return {};
}

}  // namespace

std::string key_of_name(std::string_view name) { return fold(trim(one_line(name))); }

Status check_name(const std::string& name) {
  if (name.size() > kNameMax || one_line(name) != name || trim(name) != name || key_of_name(name).empty() ||
      is_blank(name))
    return fail(Fault::malformed, "name: expected a line of 1 to {} bytes", kNameMax);
  const std::string key = key_of_name(name);
  if (key == kStartToken || key == kSandboxToken)
    return fail(Fault::malformed, "name: \"{}\" is kept for the server itself", name);
  return {};
}

Status check_role(std::string_view role) {
  for (const char* known : {"administrator", "agent", "reader", "client"}) {
    if (role == known) return {};
  }
  return fail(Fault::malformed, "role: expected administrator, agent, reader or client, found \"{}\"", role);
}

Status check_password(const std::string& password, const std::string& name) {
  if (count_characters(password) < kPasswordMin)
    return fail(Fault::malformed,
                "new_password: expected at least {} characters; several words are a good one", kPasswordMin);
  if (std::set<char>(password.begin(), password.end()).size() < 5)
    return fail(Fault::malformed, "new_password: expected more than the same few signs");
  const std::string folded = fold(password), key = key_of_name(name);
  if (key.size() >= 3 && folded.find(key) != std::string::npos && folded.size() < key.size() + kPasswordMin)
    return fail(Fault::malformed, "new_password: expected one that is not made of the name");
  return {};
}

std::string hash_of_link(std::string_view secret) { return sha256_hex(fmt::format("link {}", secret)); }

std::string address_of_link(const std::string& public_url, const std::string& secret) {
  return public_url + "/console/link#" + secret;
}

Result<std::string> invite(desk::Desk& desk, const Invitation& invitation, const std::string& by) {
  HEJNAL_TRY_VOID(check_role(invitation.role));
  if (invitation.language != "pl" && invitation.language != "en")
    return fail(Fault::malformed, "language: expected pl or en, found \"{}\"", invitation.language);
  if (!invitation.email.empty() && !email_address(invitation.email))
    return fail(Fault::malformed, "email: expected an address such as jan@firma.example");
  const std::string key = key_of_name(invitation.name);
  if (!invitation.name.empty()) {
    HEJNAL_TRY_VOID(check_name(invitation.name));
    HEJNAL_TRY(const auto there, desk.store().accounts().user_by_key(key));
    if (there) return fail(Fault::conflict, "\"{}\" has an account already", there->name);
    HEJNAL_TRY_VOID(check_free_name(desk, invitation.name));
    HEJNAL_TRY_VOID(remove_links(desk, [&](const ports::LinkRow& link) {
      return link.kind == "invitation" && key_of_name(link.name) == key;
    }));
  }
  return add_link(desk, {0,
                         {},
                         "invitation",
                         0,
                         invitation.name,
                         invitation.email,
                         invitation.phone,
                         invitation.role,
                         invitation.language,
                         by,
                         {},
                         {}});
}

Result<std::string> invite_first(desk::Desk& desk) {
  HEJNAL_TRY(const auto users, desk.store().accounts().users());
  if (!users.empty()) return std::string();
  HEJNAL_TRY_VOID(remove_links(desk, [](const ports::LinkRow& link) { return link.kind == "first"; }));
  return add_link(desk, {0, {}, "first", 0, {}, {}, {}, "administrator", "pl", "hejnal", {}, {}});
}

Result<ports::UserRow> user_with(desk::Desk& desk, std::int64_t id) {
  HEJNAL_TRY(auto user, desk.store().accounts().user(id));
  if (!user) return fail(Fault::not_found, "there is no user {}", id);
  return std::move(*user);
}

Result<ports::UserRow> user_named(desk::Desk& desk, const std::string& name) {
  HEJNAL_TRY(auto user, desk.store().accounts().user_by_key(key_of_name(name)));
  if (!user) return fail(Fault::not_found, "nobody has an account by the name \"{}\"", name);
  return std::move(*user);
}

Status change_role(desk::Desk& desk, ports::UserRow user, const std::string& role, Ended& ended) {
  HEJNAL_TRY_VOID(check_role(role));
  if (role == user.role) return {};
  if (role != "administrator") HEJNAL_TRY_VOID(leave_an_administrator(desk, user));
  user.role = role;
  HEJNAL_TRY_VOID(desk.store().accounts().set_user(user));
  return end_sessions(desk, user.id, 0, ended);
}

Status set_disabled(desk::Desk& desk, ports::UserRow user, bool disabled, Ended& ended) {
  if (disabled) {
    HEJNAL_TRY_VOID(leave_an_administrator(desk, user));
    HEJNAL_TRY_VOID(remove_links(desk, [&](const ports::LinkRow& link) { return link.user == user.id; }));
  }
  user.disabled = disabled;
  HEJNAL_TRY_VOID(desk.store().accounts().set_user(user));
  return disabled ? end_sessions(desk, user.id, 0, ended) : Status();
}

Result<std::string> reset(desk::Desk& desk, ports::UserRow user, bool totp, const std::string& by,
                          Ended& ended) {
  if (user.disabled)
    return fail(Fault::conflict, "the account of \"{}\" is disabled; enable it first", user.name);
  user.password.clear();
  if (totp) {
    user.totp.clear();
    HEJNAL_TRY_VOID(desk.store().accounts().set_recovery_codes(user.id, {}));
  }
  user.totp_next.clear();
  HEJNAL_TRY_VOID(desk.store().accounts().set_user(user));
  HEJNAL_TRY_VOID(end_sessions(desk, user.id, 0, ended));
  HEJNAL_TRY_VOID(remove_links(desk, [&](const ports::LinkRow& link) { return link.user == user.id; }));
  return add_link(
      desk,
      {0, {}, "reset", user.id, user.name, user.email, user.phone, user.role, user.language, by, {}, {}});
}

Status end_sessions(desk::Desk& desk, std::int64_t user, std::int64_t but, Ended& ended) {
  HEJNAL_TRY(const auto sessions, desk.store().accounts().sessions(user));
  for (const ports::SessionRow& session : sessions) {
    if (session.id == but) continue;
    HEJNAL_TRY_VOID(desk.store().accounts().remove_session(session.id));
    ended.push_back(session.id);
  }
  return {};
}

}  // namespace hejnal::api
