// SPDX-License-Identifier: EUPL-1.2
#include "election/mixing.h"

#include "election/files.h"

namespace urna::election {

using proof::Ristretto;

proof::Transcript mix_transcript(const MixRound& round) {
  proof::Transcript transcript("shuffle");
  transcript.append("edition", round.edition.view());
  transcript.append("pool", std::uint64_t{round.pool.value});
  transcript.append("round", std::uint64_t{round.round});
  transcript.append("trustee", std::uint64_t{round.trustee.value});
  return transcript;
}

MadeMix finish_mix(const MixRound& round, std::string_view outputs,
                   const proof::ShuffleProof& proof, const proof::SigningKey& trustee) {
  MadeMix made;
  made.file = encode(ShuffleFile{outputs, proof.permutation_commitments, proof.chain,
                                 proof.chain_commitments, proof.commitments, proof.responses,
                                 proof.chain_responses, proof.permutation_responses});
  made.entry = {round.edition,     round.pool,       round.round, round.trustee,
                sha256(made.file), made.file.size(), {}};
  sign(made.entry, trustee);
  return made;
}

Result<MadeMix> make_mix(const MixRound& round, const MixInput& input,
                         const proof::SigningKey& trustee) {
  proof::ShuffleStatement statement{input.joint_key.encode(), input.width, input.ciphertexts, {}};
  const auto witness = proof::random_shuffle_witness<Ristretto>(statement.count(), input.width);
  const Result<proof::Ciphertexts<Ristretto>> outputs =
      proof::apply_shuffle<Ristretto>(input.joint_key, input.width, input.ciphertexts, witness);
  if (!outputs) return outputs.error();
  statement.outputs = outputs->packed;
  const proof::ShuffleProof proof = proof::prove_shuffle<Ristretto>(
      mix_transcript(round), statement, input.joint_key, witness, outputs->elements);

  return finish_mix(round, outputs->packed, proof, trustee);
}

Result<std::string_view> check_mix(const MixRound& round, const MixInput& input,
                                   std::string_view file, const MixWork& work) {
  proof::ShuffleStatement statement{input.joint_key.encode(), input.width, input.ciphertexts, {}};
  const Result<ShuffleFile> shuffle = decode_shuffle(file, statement.count(), input.width);
  if (!shuffle) return shuffle.error();
  statement.outputs = shuffle->outputs;
  const proof::ShuffleProofView proof{shuffle->permutation,       shuffle->chain,
                                      shuffle->chain_commitments, shuffle->commitments,
                                      shuffle->responses,         shuffle->chain_responses,
                                      shuffle->weight_responses};
  if (Status verdict = proof::verify_shuffle<Ristretto>(mix_transcript(round), statement,
                                                        input.joint_key, proof, work);
      !verdict) {
    return std::move(verdict).error();
  }
  return shuffle->outputs;
}

CheckedMixes check_mixes(const MixSeries& series, const MixWork& work) {
  const std::size_t count = series.ciphertexts.size() / (pair_bytes * series.width);
  proof::ShuffleSeries shuffles{series.width, series.ciphertexts, {}};
  CheckedMixes checked;
  checked.outputs = series.ciphertexts;
  // A file of the wrong form ends the series; a round before it may be wrong too, and is then the
  // first.
  std::optional<Error> wrong_form;
  for (const MixSeries::Made& made : series.made) {
    Result<std::vector<ByteSource>> parts = shuffle_parts(made.file, count, series.width);
    if (!parts) {
      wrong_form = std::move(parts).error();
      break;
    }
    const std::vector<ByteSource>& lists = *parts;
    shuffles.rounds.push_back(
        {mix_transcript({series.edition, series.pool, made.round, made.trustee}),
         lists[0],
         {lists[1], lists[2], lists[3], lists[4], lists[5], lists[6], lists[7]}});
    checked.outputs = lists[0];
  }
  auto verified = proof::verify_shuffles<Ristretto>(series.joint_key.encode(), series.joint_key,
                                                    shuffles, work);
  checked.wrong = std::move(verified.wrong);
  checked.elements = std::move(verified.outputs);
  if (!checked.wrong && wrong_form)
    checked.wrong = proof::WrongShuffle{shuffles.rounds.size(), std::move(*wrong_form)};
  return checked;
}

}  // namespace urna::election
