// SPDX-License-Identifier: EUPL-1.2
#include "api/keeper_client.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <optional>
#include <utility>

#include "adapters/http_client.h"
#include "base/parallel.h"
#include "pseudonym/blinding.h"
#include "pseudonym/messages.h"

namespace urna::api {
namespace {

constexpr adapters::HttpLimits keeper_limits{.total_ms = 8'000,
                                             .answer_bytes_max = pseudonym::message_bytes_max};

// Batches of so many elements, and as many of them at a time as keep us and the keepers busy: they
// work while another batch is blinded or combined.
constexpr std::size_t batch_elements = 1024;
constexpr unsigned batches_at_once = 4;
static_assert(batch_elements <= pseudonym::batch_max);

// What ask(begin, size) yields of `count` elements, joined; several batches at a time. The error is
// that of the first batch that failed; no further ones are asked then.
template <typename Made, typename Ask>
Result<Made> in_batches(std::size_t count, const Ask& ask) {
  std::vector<std::optional<Result<Made>>> batches((count + batch_elements - 1) / batch_elements);
  std::atomic<bool> failed = false;
  for_each_piece(batches.size(), batches_at_once, [&](std::size_t b) {
    if (failed) return;
    const std::size_t begin = b * batch_elements;
    batches[b] = ask(begin, std::min(batch_elements, count - begin));
    if (!*batches[b]) failed = true;
  });
  Made all;
  for (const std::optional<Result<Made>>& batch : batches) {
    if (batch && !*batch) return batch->error();
  }
  for (const std::optional<Result<Made>>& batch : batches)
    all.insert(all.end(), (*batch)->begin(), (*batch)->end());
  return all;
}

// All keepers, asked at the same time.
class Keepers {
 public:
  Keepers(pseudonym::KeeperGroup group, std::vector<KeeperAddress> keepers)
      : group_(std::move(group)),
        keepers_(std::move(keepers)),
        http_(keeper_limits, {.plain_http = true}) {}

  [[nodiscard]] const pseudonym::KeeperGroup& group() const { return group_; }

  // What `combine` makes of some of the answers, leaving out whoever proves wrong.
  template <typename Made, typename Combine>
  Result<Made> ask_all(pseudonym::EvaluateRequest request, const Combine& combine) const {
    request.group_key = group_.public_key();
    const std::string body = encode(request);
    std::vector<std::future<Result<pseudonym::EvaluateResponse>>> asked;
    for (const KeeperAddress& keeper : keepers_) {
      asked.push_back(
          std::async(std::launch::async, [this, &keeper, &body] { return ask(keeper, body); }));
    }
    std::vector<pseudonym::EvaluateResponse> answers;
    std::optional<Error> first_error;
    for (auto& one : asked) {
      Result<pseudonym::EvaluateResponse> answer = one.get();
      if (answer) {
        answers.push_back(std::move(*answer));
      } else if (!first_error || first_error->code == ErrorCode::io) {
        first_error = std::move(answer).error();
      }
    }
    std::optional<Error> wrong;
    while (answers.size() >= group_.threshold()) {
      Result<Made> made =
          combine(std::span<const pseudonym::EvaluateResponse>(answers.data(), group_.threshold()));
      if (made) return made;
      const std::string& about = made.error().place.field;
      wrong = Error{
          ErrorCode::conflict, "a keeper's answer does not hold: " + about, {}, "ask that keeper"};
      // Which of them, the field says by number; without a number the first one goes.
      const auto accused = std::ranges::find_if(answers, [&](const auto& answer) {
        return about.ends_with(" " + std::to_string(answer.keeper.value));
      });
      answers.erase(accused != answers.end() ? accused : answers.begin());
    }
    if (wrong) return *wrong;
    if (first_error) return *first_error;
    return Error{ErrorCode::io, "too few keepers answer", {}, "try again later"};
  }

 private:
  Result<pseudonym::EvaluateResponse> ask(const KeeperAddress& keeper,
                                          const std::string& body) const {
    const std::string address = keeper.url + "/api/v1/evaluate";
    const std::string authorization = "Bearer " + keeper.token;
    adapters::HttpRequest request;
    request.url = address;
    request.body = body;
    request.headers = {{"Authorization", authorization}, {"Content-Type", "application/cbor"}};
    const Result<adapters::HttpAnswer> answer = http_.send(request);
    if (!answer) return answer.error();
    if (answer->status == 429) {
      return Error{ErrorCode::limit, "a keeper's quota is used up", {}, "ask the keeper"};
    }
    if (answer->status == 403) {
      return Error{ErrorCode::conflict,
                   "a keeper refuses: this may not be asked, or is not within its mandate",
                   {},
                   "see the keeper's log"};
    }
    if (answer->status != 200) {
      return Error{ErrorCode::io, "a keeper did not answer", {}, "see the keeper's log"};
    }
    return pseudonym::decode_evaluate_response(answer->body);
  }

  pseudonym::KeeperGroup group_;
  std::vector<KeeperAddress> keepers_;
  adapters::HttpClient http_;
};

class KeepersClient final : public registrar::PseudonymSource {
 public:
  KeepersClient(pseudonym::KeeperGroup group, std::vector<KeeperAddress> keepers,
                std::string edition)
      : keepers_(std::move(group), std::move(keepers)), edition_(std::move(edition)) {}

  Result<std::vector<election::Pseudonym>> pseudonyms(std::span<const std::string> identifiers,
                                                      Use use) override {
    pseudonym::EvaluateRequest request;
    request.purpose =
        use == Use::roll ? pseudonym::Purpose::roll_import : pseudonym::Purpose::certification;
    return ask_for(identifiers, request);
  }

  Result<std::vector<election::Pseudonym>> pseudonyms_for_case(
      std::span<const std::string> identifiers, std::string_view number) override {
    pseudonym::EvaluateRequest request;
    request.purpose = pseudonym::Purpose::case_file;
    request.case_number = std::string(number);
    return ask_for(identifiers, request);
  }

 private:
  using Pseudonyms = std::vector<election::Pseudonym>;

  // The request but for its elements.
  Result<Pseudonyms> ask_for(std::span<const std::string> identifiers,
                             const pseudonym::EvaluateRequest& request) const {
    return in_batches<Pseudonyms>(identifiers.size(), [&](std::size_t begin, std::size_t size) {
      return ask_for_batch(identifiers.subspan(begin, size), request);
    });
  }

  Result<Pseudonyms> ask_for_batch(std::span<const std::string> identifiers,
                                   pseudonym::EvaluateRequest request) const {
    std::vector<SecretBytes> inputs;
    std::vector<std::string_view> views;
    for (const std::string& identifier : identifiers) {
      Result<SecretBytes> input = pseudonym::pseudonym_input(edition_, identifier);
      if (!input) return std::move(input).error();
      inputs.push_back(std::move(*input));
    }
    for (const SecretBytes& input : inputs) views.push_back(input.view());
    const Result<pseudonym::Blinding> blinding = pseudonym::Blinding::of(views);
    if (!blinding) return blinding.error();

    request.blinded = blinding->blinded();
    using Outputs = std::vector<pseudonym::Output>;
    const Result<Outputs> outputs = keepers_.ask_all<Outputs>(
        std::move(request),
        [&](const auto& some) { return blinding->finalize(keepers_.group(), some); });
    if (!outputs) return outputs.error();
    Pseudonyms made;
    made.reserve(outputs->size());
    for (const pseudonym::Output& output : *outputs) {
      made.push_back(election::Pseudonym{pseudonym::pseudonym_of(output)});
    }
    return made;
  }

  Keepers keepers_;
  std::string edition_;
};

class ListClient final : public registrar::ListEvaluator {
 public:
  ListClient(pseudonym::KeeperGroup group, std::vector<KeeperAddress> keepers, std::string mandate)
      : keepers_(std::move(group), std::move(keepers)), mandate_(std::move(mandate)) {}

  Result<std::string> evaluate(std::string_view blinded) override {
    constexpr std::size_t bytes = sizeof(pseudonym::ElementBytes);
    return in_batches<std::string>(
        blinded.size() / bytes, [&](std::size_t begin, std::size_t size) {
          const std::string batch(blinded.substr(begin * bytes, size * bytes));
          pseudonym::EvaluateRequest request;
          request.purpose = pseudonym::Purpose::list_check;
          request.blinded = batch;
          request.mandate = mandate_;
          return keepers_.ask_all<std::string>(std::move(request), [&](const auto& some) {
            return pseudonym::combine_answers(keepers_.group(), batch, some);
          });
        });
  }

 private:
  Keepers keepers_;
  std::string mandate_;
};

}  // namespace

std::unique_ptr<registrar::PseudonymSource> keeper_client(pseudonym::KeeperGroup group,
                                                          std::vector<KeeperAddress> keepers,
                                                          std::string edition) {
  return std::make_unique<KeepersClient>(std::move(group), std::move(keepers), std::move(edition));
}

std::unique_ptr<registrar::ListEvaluator> list_check_client(pseudonym::KeeperGroup group,
                                                            std::vector<KeeperAddress> keepers,
                                                            std::string mandate) {
  return std::make_unique<ListClient>(std::move(group), std::move(keepers), std::move(mandate));
}

}  // namespace urna::api
