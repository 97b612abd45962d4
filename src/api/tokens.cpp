#include "api/tokens.hpp"

#include <algorithm>

#include "api/signin/accounts.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

namespace hejnal::api {

namespace {

constexpr std::size_t kNameMax = 100;

Result<std::string> add(desk::Desk& desk, const std::string& name, const std::string& role) {
  char random[24];
  fill_random(random, sizeof random);
  std::string token = to_hex({random, sizeof random});
  HEJNAL_TRY_VOID(desk.store().add_token(name, role, sha256_hex(token), desk.now()));
  return token;
}

}  // namespace

Status check_free_name(desk::Desk& desk, const std::string& name) {
  const std::string key = key_of_name(collapse_space(name));
  for (const std::string_view reserved : {"desk", "client", "the exchange", "twilio"}) {
    if (key == reserved)
      return fail(Fault::malformed, "name: \"{}\" stands for somebody else in journals", name);
  }
  HEJNAL_TRY(const auto tokens, desk.store().tokens());
  for (const auto& token : tokens) {
    if (key_of_name(token.name) == key)
      return fail(Fault::conflict, "\"{}\" has a token already; revoke that one first, or take another name",
                  token.name);
  }
  HEJNAL_TRY(const auto users, desk.store().accounts().users());
  for (const auto& user : users) {
    if (key_of_name(user.name) == key)
      return fail(Fault::conflict, "\"{}\" has an account already; choose another name", user.name);
  }
  return {};
}

Result<std::string> make_token(desk::Desk& desk, const std::string& name, const std::string& role) {
  if (role != "administrator" && role != "agent" && role != "reader" && role != "client") {
    return fail(Fault::malformed, "role: expected administrator, agent, reader or client, found \"{}\"",
                role);
  }
  if (name.empty() || name.size() > kNameMax || one_line(name) != name)
    return fail(Fault::malformed, "name: expected a line of 1 to {} bytes", kNameMax);
  if (name == kStartToken || name == kSandboxToken)
    return fail(Fault::malformed, "name: \"{}\" is the token that a server makes at its start", name);
  HEJNAL_TRY_VOID(check_free_name(desk, name));
  return add(desk, name, role);
}

Result<std::string> make_start_token(desk::Desk& desk, const std::string& name) {
  HEJNAL_TRY_VOID(desk.store().remove_tokens(name));
  return add(desk, name, "administrator");
}

Status revoke_token(desk::Desk& desk, const std::string& name) {
  HEJNAL_TRY(const std::int64_t removed, desk.store().remove_tokens(name));
  if (removed == 0) return fail(Fault::not_found, "there is no token of \"{}\"", name);
  return {};
}

}  // namespace hejnal::api
