// Expected trouble is a value. A function that can fail for reasons outside our code returns Result<T>;
// a caller looks at Error::fault, which answers the one question it has to ask (again later? refuse? tell
// a person?), and shows Error::what to people. Bugs are not errors: they stop the program (check.hpp).
// Protocol codes (451, 409, EX_TEMPFAIL ...) are mapped from Fault at the edge, once for each protocol.
#pragma once

#include <fmt/core.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace hejnal {

enum class Fault {
  retry_later,  // nothing is wrong with the request; the same one may work in a moment
  refused,      // understood, and not allowed
  conflict,     // not in this state
  not_found,
  malformed,  // the input cannot be understood; `what` says where and what was expected
  corrupt,    // our own data is damaged: stop, and say so
};

struct Error {
  Fault fault;
  std::string what;  // a sentence for a tired person, without a final full stop
};

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

using Status = Result<void>;

template <class... Args>
[[nodiscard]] tl::unexpected<Error> fail(Fault fault, fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(Error{fault, fmt::format(format, std::forward<Args>(args)...)});
}

}  // namespace hejnal

#define HEJNAL_JOIN_(a, b) a##b
#define HEJNAL_JOIN(a, b) HEJNAL_JOIN_(a, b)

// HEJNAL_TRY(auto page, store.page(7));   declares `page`, or returns the error to our caller.
// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot stand in parentheses
#define HEJNAL_TRY(declaration, expression)                                        \
  auto HEJNAL_JOIN(result_, __LINE__) = (expression);                              \
  if (!HEJNAL_JOIN(result_, __LINE__))                                             \
    return tl::make_unexpected(std::move(HEJNAL_JOIN(result_, __LINE__)).error()); \
  declaration = std::move(*HEJNAL_JOIN(result_, __LINE__))

// HEJNAL_TRY_VOID(store.commit());
#define HEJNAL_TRY_VOID(expression) \
  if (auto result_ = (expression); !result_) return tl::make_unexpected(std::move(result_).error())
// NOLINTEND(bugprone-macro-parentheses)
