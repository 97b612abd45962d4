// What clients write about. The words of two topics have nothing in common, so that what a message is about
// can be told from its words, as people can tell it.
#pragma once

#include <string_view>
#include <vector>

namespace hejnal::sim {

struct Topic {
  std::string_view subject, text, sms;  // the SMS names the matter in a few words
};

const std::vector<Topic>& topics();

}  // namespace hejnal::sim
