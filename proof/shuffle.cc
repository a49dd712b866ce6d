// SPDX-License-Identifier: EUPL-1.2
#include "proof/shuffle.h"

#include "proof/shuffle_impl.h"
#include "proof/shuffle_verify_impl.h"

namespace urna::proof {

template struct ShuffleWitness<Ristretto>;
template ShuffleWitness<Ristretto> random_shuffle_witness(std::size_t, std::size_t);
template Result<Ciphertexts<Ristretto>> apply_shuffle(const group::Element&, std::size_t,
                                                      std::string_view,
                                                      const ShuffleWitness<Ristretto>&);
template ShuffleProof prove_shuffle(Transcript, const ShuffleStatement&, const group::Element&,
                                    const ShuffleWitness<Ristretto>&,
                                    std::span<const group::Element>);
template Status verify_shuffle<Ristretto>(Transcript, const ShuffleStatement&,
                                          const group::Element&, const ShuffleProofView&,
                                          const ShuffleWork<Ristretto>&);
template VerifiedShuffles<Ristretto> verify_shuffles<Ristretto>(const ElementBytes&,
                                                                const group::Element&,
                                                                const ShuffleSeries&,
                                                                const ShuffleWork<Ristretto>&);

}  // namespace urna::proof
